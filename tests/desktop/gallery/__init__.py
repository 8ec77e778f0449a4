"""Every page and dialog in a real window, photographed and looked at by rules that a person would apply."""
