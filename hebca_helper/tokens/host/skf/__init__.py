"""The host of an SKF library (GM/T 0016): USBKEYs with SM2 keys, behind the same messages as PKCS#11 ones.

`library` is the C interface by ctypes and believes no size it is told, `failures` the words for SAR_… values, `roster` the
devices and their applications, `pins`, `containers`, `keys` and `files` are the calls, `host` takes them from the pipe.
Imports nothing but the standard library at its start, and of ours what does the same: a 32-bit Python without any
package can serve a 32-bit library.
"""
