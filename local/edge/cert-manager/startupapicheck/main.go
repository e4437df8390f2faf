// What cert-manager's chart runs at the end of an install: it waits until the API server takes objects of cert-manager's,
// its webhook's answers included. The command that releases since 1.15 have for it is not served as a module.
package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/cert-manager/cert-manager/pkg/util/cmapichecker"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
)

// Longer than the webhook's certificate takes on a busy machine.
const patience = 90 * time.Second

func check(ctx context.Context) error {
	config, err := rest.InClusterConfig()
	if err != nil {
		return err
	}
	// Anew each time: a client that was made before the CRDs were there does not learn of them.
	checker, err := cmapichecker.New(config, runtime.NewScheme(), os.Getenv("POD_NAMESPACE"))
	if err != nil {
		return err
	}
	return checker.Check(ctx)
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		err := check(ctx)
		if err == nil {
			fmt.Println("The cert-manager API is ready.")
			return
		}
		fmt.Fprintln(os.Stderr, err)
		select {
		case <-ctx.Done():
			os.Exit(1)
		case <-time.After(500 * time.Millisecond):
		}
	}
}
