"""The language of the program: values that every other package speaks. Standard library and msgspec only."""
