/** The HTTP surface: shapes of answers, and every mistake of a caller. */
package dev.ebb.router.app.http;
