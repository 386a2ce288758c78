package io.hanse.cli.client;

import picocli.CommandLine.Command;

/**
 * A mixin without flags: the command takes its flags behind its arguments, too. Only for commands
 * that Consul does not have; in its own what stands behind an argument is one, whatever it looks
 * like.
 */
@Command
public final class FlagsAnywhere {}
