//go:build tools

// Package tools holds no code: it names what is built, so that go.mod keeps their requirements.
package tools

import (
	_ "github.com/cert-manager/cert-manager/cmd/acmesolver"
	_ "github.com/cert-manager/cert-manager/cmd/cainjector"
	_ "github.com/cert-manager/cert-manager/cmd/controller"
	_ "github.com/cert-manager/cert-manager/cmd/webhook"
)
