/** Tests of the doctor's checks on machines that are not well. */
package dev.ebb.cli.doctor;
