package io.hanse.cli.command;

import picocli.CommandLine.Command;

@Command(
    name = "operator",
    customSynopsis = "<subcommand> [options]",
    description = "Tools for those who run the servers.")
public final class OperatorCommands {}
