"""The independent judge: it imports none of the product's rooms and reads only bytes and folders."""
