// rclone with only what serves a folder over S3: rclone's own main imports every storage service and its SDK.
package main

import (
	"github.com/rclone/rclone/cmd"

	_ "github.com/rclone/rclone/backend/local"
	_ "github.com/rclone/rclone/cmd/serve/s3"
)

func main() { cmd.Main() }
