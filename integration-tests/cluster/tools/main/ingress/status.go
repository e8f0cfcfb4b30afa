package main

import (
	"context"

	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/networking/pkg/client/clientset/versioned"
)

// The service that stands before this program.
const gatewayDomain = "gateway.knative-serving.svc.cluster.local"

// markReady tells Serving that the routes stand and where they are reached, unless it was told.
func markReady(client versioned.Interface, seen *v1alpha1.Ingress) error {
	if seen.IsReady() && seen.Status.ObservedGeneration == seen.Generation {
		return nil
	}
	ingress := seen.DeepCopy()
	ingress.Status.InitializeConditions()
	ingress.Status.MarkNetworkConfigured()
	where := []v1alpha1.LoadBalancerIngressStatus{{DomainInternal: gatewayDomain}}
	ingress.Status.MarkLoadBalancerReady(where, where)
	ingress.Status.ObservedGeneration = ingress.Generation
	_, err := client.NetworkingV1alpha1().Ingresses(ingress.Namespace).
		UpdateStatus(context.Background(), ingress, meta.UpdateOptions{})
	return err
}
