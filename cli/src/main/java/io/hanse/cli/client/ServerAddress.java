package io.hanse.cli.client;

/** Where the API is: scheme, host and port, and a path that stands before all of its own. */
record ServerAddress(String scheme, String authority, String prefix) {
  static ServerAddress parse(String text, boolean ssl) {
    String scheme = ssl ? "https" : "http";
    String rest = text;
    int colon = text.indexOf("://");
    if (colon >= 0) {
      scheme = text.substring(0, colon);
      rest = text.substring(colon + "://".length());
    }
    switch (scheme) {
      case "http", "https" -> {}
      case "unix" ->
          throw new CommandFailure(
              "Error connecting to Consul agent: unix sockets are not supported yet; give"
                  + " -http-addr as host:port");
      default ->
          throw new CommandFailure(
              "Error connecting to Consul agent: Unknown protocol scheme: " + scheme);
    }
    int slash = rest.indexOf('/');
    String authority = slash < 0 ? rest : rest.substring(0, slash);
    String prefix = slash < 0 ? "" : rest.substring(slash).replaceAll("/+$", "");
    if (authority.isEmpty()) {
      throw new CommandFailure("Error connecting to Consul agent: no host in \"" + text + "\"");
    }
    return new ServerAddress(scheme, authority, prefix);
  }

  String url(String target) {
    return scheme + "://" + authority + prefix + target;
  }
}
