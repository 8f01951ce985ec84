"""Statistics of facilitation: agreement between taggers, likeness of texts, themes. Pure: numbers and
texts go in, numbers come out."""
