/** Checks of an agent: what a definition asks for, and how it is found out. */
package io.hanse.cli.agent.check;
