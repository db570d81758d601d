"""Content in an editor's own tool and back: Excel, Moodle GIFT. A round trip changes nothing."""
