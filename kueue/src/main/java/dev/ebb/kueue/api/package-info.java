/** Which version of Kueue's API a cluster serves, and how objects of an older one are read. Reading only. */
package dev.ebb.kueue.api;
