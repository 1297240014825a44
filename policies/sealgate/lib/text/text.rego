# METADATA
# title: Words in messages and names
# scope: package
package sealgate.lib.text

import data.sealgate.lib.value

# METADATA
# description: A name without case and separators, to see that two spellings mean the same.
folded(name) := strings.replace_n({"-": "", "_": "", " ": "", ".": ""}, lower(name))

# METADATA
# description: A path as a person writes it, such as `OutputDataConfig.KmsKeyArn` or `Subnets.0`.
path(steps) := concat(".", [_step(step) | some step in steps])

# METADATA
# description: The items of a set or array as a sorted list in a sentence.
listed(items) := concat(", ", sort([item | some item in items]))

# METADATA
# scope: document
# description: "A fact in a sentence: its name and its value, or the value's type where it is no text."
assigned(name, content) := concat(" ", [name, content]) if is_string(content)

assigned(name, content) := concat("", [name, " (", value.type_of(content), ")"]) if not is_string(content)

_step(step) := step if is_string(step)

_step(step) := format_int(step, 10) if is_number(step)
