package main

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"

	"knative.dev/networking/pkg/apis/networking/v1alpha1"
)

// route is where a request goes, and the headers that it gets on the way.
type route struct {
	address string
	headers map[string]string
}

// table holds the paths of every host.
type table struct {
	mutex  sync.RWMutex
	byName map[string]map[string][]v1alpha1.HTTPIngressPath // ingress, then host
}

func newTable() *table {
	return &table{byName: map[string]map[string][]v1alpha1.HTTPIngressPath{}}
}

func key(ingress *v1alpha1.Ingress) string { return ingress.Namespace + "/" + ingress.Name }

func (t *table) put(ingress *v1alpha1.Ingress) {
	hosts := map[string][]v1alpha1.HTTPIngressPath{}
	for _, rule := range ingress.Spec.Rules {
		for _, host := range rule.Hosts {
			hosts[host] = rule.HTTP.Paths
		}
	}
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.byName[key(ingress)] = hosts
}

func (t *table) remove(ingress *v1alpha1.Ingress) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	delete(t.byName, key(ingress))
}

// find returns the request's route, drawn by the percents of its path.
func (t *table) find(request *http.Request) (route, bool) {
	host := request.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	t.mutex.RLock()
	defer t.mutex.RUnlock()
	for _, hosts := range t.byName {
		for _, path := range hosts[host] {
			if strings.HasPrefix(request.URL.Path, path.Path) && matches(request, path) {
				return draw(path)
			}
		}
	}
	return route{}, false
}

func matches(request *http.Request, path v1alpha1.HTTPIngressPath) bool {
	for name, match := range path.Headers {
		if request.Header.Get(name) != match.Exact {
			return false
		}
	}
	return true
}

func draw(path v1alpha1.HTTPIngressPath) (route, bool) {
	left := rand.IntN(100)
	for _, split := range path.Splits {
		left -= split.Percent
		if left < 0 || len(path.Splits) == 1 {
			headers := map[string]string{}
			for _, some := range []map[string]string{path.AppendHeaders, split.AppendHeaders} {
				for name, value := range some {
					headers[name] = value
				}
			}
			address := fmt.Sprintf("%s.%s.svc.cluster.local:%s", split.ServiceName, split.ServiceNamespace,
				split.ServicePort.String())
			return route{address: address, headers: headers}, true
		}
	}
	return route{}, false
}
