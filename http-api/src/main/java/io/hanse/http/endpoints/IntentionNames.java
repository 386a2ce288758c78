package io.hanse.http.endpoints;

import io.hanse.http.exchange.HttpProblem;
import io.hanse.http.exchange.Parameters;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** How the parameters of intentions name a service: {@code [peer:<peer>/][partition/][ns/]name}. */
final class IntentionNames {
  private static final String PEER = "peer:";
  private static final String ONLY = "default";

  private IntentionNames() {}

  /**
   * A service, perhaps of a peer.
   *
   * @param peer "" for this cluster
   * @param namespace as it was given; "" where it was not
   */
  record Name(String peer, String partition, String namespace, String service) {}

  /** The only value of a parameter that must be there. */
  static String required(Parameters parameters, String parameter) {
    List<String> values = parameters.all(parameter);
    if (values.size() != 1 || values.get(0).isEmpty()) {
      throw HttpProblem.internal("required query parameter '" + parameter + "' not set");
    }
    return values.get(0);
  }

  static Name source(Parameters parameters) {
    return named("source", required(parameters, "source"), false, "SourceNS");
  }

  static Name sourceOrPeer(Parameters parameters) {
    return named("source", required(parameters, "source"), true, "SourceNS");
  }

  static Name destination(Parameters parameters) {
    return named("destination", required(parameters, "destination"), false, "DestinationNS");
  }

  private static Name named(String parameter, String text, boolean mayBePeer, String namespace) {
    Name name = parse(parameter, text, mayBePeer);
    requireOnly(name, "Invalid " + namespace);
    return name;
  }

  static Name matched(String text) {
    Name name = parse("name", text, false);
    requireOnly(name, "Invalid match entry namespace");
    return name;
  }

  private static void requireOnly(Name name, String complaint) {
    foreign(name.namespace())
        .ifPresent(
            other -> {
              throw HttpProblem.internal(
                  complaint + " \"" + other + "\": Namespaces is a Consul Enterprise feature");
            });
    foreign(name.partition())
        .ifPresent(
            other -> {
              throw HttpProblem.internal(
                  "Invalid partition \"" + other + "\": Partitions is a Consul Enterprise feature");
            });
  }

  /** A name of a namespace or partition that there is not. */
  static Optional<String> foreign(String name) {
    boolean isOurs = name.isEmpty() || name.toLowerCase(Locale.ROOT).equals(ONLY);
    return isOurs ? Optional.empty() : Optional.of(name);
  }

  private static Name parse(String parameter, String text, boolean mayBePeer) {
    String complaint = parameter + " \"" + text + "\" is invalid: ";
    boolean ofPeer = text.startsWith(PEER);
    if (ofPeer && !mayBePeer) {
      throw HttpProblem.internal(complaint + "cannot specify a peer here");
    }
    String[] parts = text.split("/", -1);
    String first = parts[0];
    String peer = ofPeer ? first.substring(PEER.length()) : "";
    return switch (parts.length) {
      case 1 -> {
        if (ofPeer) {
          throw HttpProblem.internal(complaint + "need to specify the service name as well");
        }
        yield new Name("", "", "", first);
      }
      case 2 -> new Name(peer, "", ofPeer ? "" : first, parts[1]);
      case 3 -> new Name(peer, ofPeer ? "" : first, parts[1], parts[2]);
      default -> throw HttpProblem.internal(complaint + "input can contain at most two '/'");
    };
  }
}
