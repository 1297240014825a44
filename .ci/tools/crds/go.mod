// Whose custom resources the chart can make: their definitions travel in these modules. Nothing is built from them, so
// `go mod tidy` would empty this file.
module sealgate.dev/tools/crds

go 1.26.8

require (
	github.com/cert-manager/cert-manager v1.21.2
	github.com/prometheus-operator/prometheus-operator v0.85.0
)
