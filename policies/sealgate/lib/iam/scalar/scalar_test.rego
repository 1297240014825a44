package sealgate.lib.iam.scalar_test

import data.sealgate.lib.iam.scalar

test_number if {
	every content, expected in {"5": 5, "05": 5, "-1.50": -1.5, "0.5": 0.5, "000": 0} {
		scalar.number(content) == expected
	}
	every content in ["", "x", "1e3", ".5", "5.", "+1", "1 2"] {
		not scalar.number(content)
	}
}

test_instant if {
	every content, expected in {
		"1970-01-01T00:00:00Z": 0,
		"1970": 0,
		"2024-02": 1706745600,
		"2024-02-29": 1709164800,
		"2024-02-29T23:59:59Z": 1709251199,
		"2000-03-01T00:00Z": 951868800,
		"2026-04-01T12:00:00.5+02:00": 1775037600.5,
		"2026-04-01T12:00:00-0130": 1775050200,
		"2026-04-01T12:00:00": 1775044800,
		"1969-12-31T23:59:59Z": -1,
		"1775044800": 1775044800,
		"1775044800.25": 1775044800.25,
	} {
		scalar.instant(content) == expected
	}
	every content in [
		"",
		"yesterday",
		"2026-13-01",
		"2026-00-01",
		"2026-01-32",
		"2026-01-01T25:00Z",
		"2026-01-01T00:60Z",
		"2026-01-01T00:00:61Z",
		"2026-1-1",
		"2026-01-01 00:00",
	] {
		not scalar.instant(content)
	}
}

test_address if {
	every content in ["10.1.2.3", "255.255.255.255", "::", "::1", "2001:db8::9", "1:2:3:4:5:6:7:8"] {
		scalar.address(content) == content
	}
	every content in ["", "10.1.2", "10.1.2.3.", "256.1.1.1", "01.1.1.1", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "g::"] {
		not scalar.address(content)
	}
}

test_network if {
	every content, expected in {
		"10.0.0.0/8": "10.0.0.0/8",
		"10.1.2.3": "10.1.2.3/32",
		"2001:db8::/32": "2001:db8::/32",
		"::1": "::1/128",
		"::/0": "::/0",
	} {
		scalar.network(content) == expected
	}
	every content in ["10.0.0.0/33", "::/129", "10.0.0.0/x", "10.0.0/8", "10.0.0.0/8/8", "net"] {
		not scalar.network(content)
	}
}

test_holds if {
	scalar.holds("10.0.0.0/8", "10.1.2.3")
	scalar.holds("0.0.0.0/0", "10.1.2.3")
	scalar.holds("2001:db8::/32", "2001:db8::9")
	not scalar.holds("10.0.0.0/8", "11.1.2.3")
	not scalar.holds("10.0.0.0/8", "2001:db8::9")
	not scalar.holds("2001:db8::/32", "10.1.2.3")
}
