"""故障检测 from inside a browser: can its pages reach us, and can it do what portals need of it?"""
