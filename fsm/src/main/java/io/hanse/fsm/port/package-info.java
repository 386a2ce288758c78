/** The doors of the state machine: what it needs of, and gives to, the world around it. */
package io.hanse.fsm.port;
