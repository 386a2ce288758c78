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
    ServerAddress address = new ServerAddress(scheme, authority, prefix);
    if (address.hasPort() && !isPort(authority.substring(authority.lastIndexOf(':') + 1))) {
      throw new CommandFailure("Error connecting to Consul agent: no port in \"" + text + "\"");
    }
    return address;
  }

  boolean isSecure() {
    return scheme.equals("https");
  }

  /** Without the brackets of an IPv6 address. */
  String host() {
    String host = hasPort() ? authority.substring(0, authority.lastIndexOf(':')) : authority;
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  int port() {
    if (!hasPort()) {
      return isSecure() ? 443 : 80;
    }
    return Integer.parseInt(authority.substring(authority.lastIndexOf(':') + 1));
  }

  private boolean hasPort() {
    return authority.lastIndexOf(':') > authority.lastIndexOf(']');
  }

  private static boolean isPort(String text) {
    return text.matches("\\d{1,5}") && Integer.parseInt(text) <= 65_535;
  }

  String url(String target) {
    return scheme + "://" + authority + prefix + target;
  }
}
