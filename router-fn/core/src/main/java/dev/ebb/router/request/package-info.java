/** What a caller asks for and how it is refused, in the router's own terms. */
package dev.ebb.router.request;
