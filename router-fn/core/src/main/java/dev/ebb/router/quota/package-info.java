/** What a request is told while its function waits for quota. */
package dev.ebb.router.quota;
