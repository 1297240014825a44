# METADATA
# title: Numbers, dates and addresses that conditions compare
# description: |
#   Texts of policies and requests, read strictly: each function is undefined for a text that is not written as such.
# scope: package
package sealgate.lib.iam.scalar

# METADATA
# description: A decimal number.
number(content) := to_number(concat("", [found[0][1], found[0][2]])) if {
	found := regex.find_all_string_submatch_n(`^(-?)0*([0-9]+(?:\.[0-9]+)?)$`, content, 1)
	count(found) == 1
}

# METADATA
# description: |
#   Seconds since 1970 for a date in one of the W3C forms of ISO 8601 (`2026`, `2026-04`, `2026-04-01`,
#   `2026-04-01T12:00Z`, `2026-04-01T12:00:00.5+02:00`) or written as seconds.
# scope: document
instant(content) := number(content) if {
	regex.match(`^-?[0-9]+(\.[0-9]+)?$`, content)
	not regex.match(`^[0-9]{4}$`, content)
}

instant(content) := seconds if {
	found := regex.find_all_string_submatch_n(_date, content, 1)
	count(found) == 1
	[_, year, month, day, hour, minute, second, zone] := found[0]
	parts := [_or(month, 1), _or(day, 1), _or(hour, 0), _or(minute, 0), _or(second, 0)]
	parts[0] in numbers.range(1, 12)
	parts[1] in numbers.range(1, 31)
	parts[2] <= 24
	parts[3] < 60
	parts[4] < 61
	days := _days(number(year), parts[0], parts[1])
	seconds := ((((days * 86400) + (parts[2] * 3600)) + (parts[3] * 60)) + parts[4]) - _offset(zone)
}

# METADATA
# description: An IP address, version 4 or 6, as it was written; undefined for anything else.
# scope: document
address(content) := content if regex.match(_address_4, content)

address(content) := content if {
	regex.match(`^[0-9a-fA-F:]+$`, content)
	halves := split(content, "::")
	groups := [group | some half in halves; half != ""; some group in split(half, ":")]
	_shortened(count(halves), count(groups))
	every group in groups {
		regex.match(`^[0-9a-fA-F]{1,4}$`, group)
	}
}

# METADATA
# description: A network in CIDR form; an address alone is the network of that address.
# scope: document
network(content) := concat("", [address(content), "/32"]) if not contains(content, ":")

network(content) := concat("", [address(content), "/128"]) if contains(content, ":")

network(content) := content if {
	[base, width] := split(content, "/")
	regex.match(`^[0-9]{1,3}$`, width)
	number(width) <= _width(address(base))
}

# METADATA
# description: Whether a network holds an address; both as the functions above give them, of one version.
holds(wide, host) if {
	contains(wide, ":") == contains(host, ":")
	net.cidr_contains(wide, host)
}

_date := concat("", [
	`^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})`,
	`(?:T([0-9]{2}):([0-9]{2})(?::([0-9]{2}(?:\.[0-9]+)?))?(Z|[+-][0-9]{2}:?[0-9]{2})?)?)?)?$`,
])

_or("", otherwise) := otherwise

_or(digits, _) := number(digits) if digits != ""

_offset(zone) := 0 if zone in {"", "Z"}

_offset(zone) := _sign(zone) * ((number(substring(digits, 0, 2)) * 3600) + (number(substring(digits, 2, 2)) * 60)) if {
	not zone in {"", "Z"}
	digits := replace(substring(zone, 1, -1), ":", "")
}

_sign(zone) := 1 if startswith(zone, "+")

_sign(zone) := -1 if startswith(zone, "-")

# Days since 1970-01-01 in the Gregorian calendar, with years that begin in March.
_days(year, month, day) := ((((era * 146097) + (of_era * 365)) + leap) + of_year) - 719468 if {
	begun := year - _before_march(month)
	era := floor(begun / 400)
	of_era := begun - (era * 400)
	of_year := (floor(((153 * ((month + 9) % 12)) + 2) / 5) + day) - 1
	leap := floor(of_era / 4) - floor(of_era / 100)
}

_before_march(month) := 1 if month < 3

_before_march(month) := 0 if month > 2

_address_4 := `^(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.\b|$)){4}$`

_shortened(1, 8)

_shortened(2, groups) if groups < 8

_width(content) := 32 if not contains(content, ":")

_width(content) := 128 if contains(content, ":")
