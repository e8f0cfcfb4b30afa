// A small ingress for tests: it routes by the Knative Ingress objects of its class to the services that they name.
// No TLS, no retries; each request gets a connection of its own, so that none sticks to a pod that is going.
package main

import (
	"context"
	"log"
	"net/http"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"
	"knative.dev/networking/pkg/apis/networking/v1alpha1"
	"knative.dev/networking/pkg/client/clientset/versioned"
	"knative.dev/networking/pkg/client/informers/externalversions"
)

const (
	class        = "ebb.dev/ingress"
	classKey     = "networking.knative.dev/ingress.class"
	resyncPeriod = 30 * time.Second
)

func main() {
	config, err := rest.InClusterConfig()
	if err != nil {
		log.Fatal(err)
	}
	client := versioned.NewForConfigOrDie(config)
	routes := newTable()
	factory := externalversions.NewSharedInformerFactory(client, resyncPeriod)
	informer := factory.Networking().V1alpha1().Ingresses().Informer()
	_, err = informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { take(client, routes, object) },
		UpdateFunc: func(_, object any) { take(client, routes, object) },
		DeleteFunc: func(object any) { drop(routes, object) },
	})
	if err != nil {
		log.Fatal(err)
	}
	factory.Start(context.Background().Done())
	factory.WaitForCacheSync(context.Background().Done())
	log.Fatal(http.ListenAndServe(":8080", newGateway(routes)))
}

func take(client versioned.Interface, routes *table, object any) {
	ingress, ok := object.(*v1alpha1.Ingress)
	if !ok || ingress.Annotations[classKey] != class {
		return
	}
	routes.put(ingress)
	if err := markReady(client, ingress); err != nil {
		log.Printf("status of ingress %s/%s: %v", ingress.Namespace, ingress.Name, err)
	}
}

func drop(routes *table, object any) {
	if gone, ok := object.(cache.DeletedFinalStateUnknown); ok {
		object = gone.Obj
	}
	if ingress, ok := object.(*v1alpha1.Ingress); ok {
		routes.remove(ingress)
	}
}
