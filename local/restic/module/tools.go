//go:build tools

// Package tools holds no code: it names what is built, so that go.mod keeps its requirements.
package tools

import _ "github.com/restic/restic/cmd/restic"
