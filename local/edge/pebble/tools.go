//go:build tools

// Package tools holds no code: it names what is built, so that go.mod keeps their requirements.
package tools

import _ "github.com/letsencrypt/pebble/v2/cmd/pebble"
