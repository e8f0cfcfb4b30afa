package main

import (
	"context"
	"net"
	"net/http"
	"net/http/httputil"
	"time"
)

type chosen struct{}

// newGateway returns a handler that sends each request along its route and lets answers through as they come.
func newGateway(routes *table) http.Handler {
	proxy := &httputil.ReverseProxy{
		FlushInterval: -1,
		Rewrite: func(request *httputil.ProxyRequest) {
			to := request.In.Context().Value(chosen{}).(route)
			request.Out.URL.Scheme = "http"
			request.Out.URL.Host = to.address
			request.Out.Host = request.In.Host
			request.SetXForwarded()
			for name, value := range to.headers {
				request.Out.Header.Set(name, value)
			}
		},
		Transport: &http.Transport{
			DisableKeepAlives: true,
			DialContext:       (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		},
	}
	return http.HandlerFunc(func(writer http.ResponseWriter, request *http.Request) {
		if request.URL.Path == "/ingress-health" {
			return
		}
		to, found := routes.find(request)
		if !found {
			http.Error(writer, "no route for host "+request.Host, http.StatusNotFound)
			return
		}
		proxy.ServeHTTP(writer, request.WithContext(context.WithValue(request.Context(), chosen{}, to)))
	})
}
