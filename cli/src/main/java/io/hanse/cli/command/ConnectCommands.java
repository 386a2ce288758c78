package io.hanse.cli.command;

import picocli.CommandLine.Command;

@Command(name = "connect", description = "The service mesh: its authority and its proxies.")
public final class ConnectCommands {}
