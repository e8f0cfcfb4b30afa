/** A PodAutoscaler's annotations, read into settings that can stand or into the list of what is wrong with them. */
package dev.ebb.keda.setting;
