# METADATA
# title: What is asked besides the verdict
# description: |
#   The question of the input: how policies are to be written (`for_any_job`, `minimal_conditions`, `merge`, `key`), or
#   which key's exposure is wanted (`key`, `before`). Every part is optional.
# scope: package
package sealgate.model.question

import data.sealgate.lib.value

# METADATA
# scope: document
# description: Whether every job of the category is to be allowed, not this one alone.
default for_any_job := false

for_any_job if _given.for_any_job == true

# METADATA
# scope: document
# description: Whether conditions that the call does not need are left out.
default minimal_conditions := false

minimal_conditions if _given.minimal_conditions == true

# METADATA
# description: The key policy that is to be completed, an object or JSON text; absent where there is none.
merge := value.of(_given, "merge", "the question")

# METADATA
# description: The ARN of the key that is asked about.
key := value.of(_given, "key", "the question")

# METADATA
# description: The key policy to compare with, an object or JSON text.
before := value.of(_given, "before", "the question")

# METADATA
# description: What AWS is said to know, as it was given; an answer may be asked again with other policies in it.
given_context := object.get(input, "context", {})

default _given := {}

_given := input.question if is_object(input.question)
