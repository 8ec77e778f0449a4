// The opener hears that a window really came up, not only that one was promised.
opener?.postMessage("popup", location.origin);
setTimeout(close, 1500);
