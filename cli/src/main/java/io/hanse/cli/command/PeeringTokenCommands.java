package io.hanse.cli.command;

import static io.hanse.cli.command.PeeringText.line;

import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.Failures;
import io.hanse.cli.client.FlagsAnywhere;
import io.hanse.cli.client.FormatFlag;
import io.hanse.cli.client.HttpFlags;
import io.hanse.cli.client.Request;
import io.hanse.cli.client.Session;
import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.error.Quoted;
import io.hanse.fsm.row.PeerAddress;
import io.hanse.identity.Pem;
import io.hanse.peering.LabelledAddresses;
import io.hanse.peering.PeeringToken;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
    name = "token",
    customSynopsis = "<subcommand> [options]",
    description = "Looks at peering tokens, and takes them back.")
public final class PeeringTokenCommands {
  private static final String SOURCES = "the name of a file, or - for standard input";

  private final Session session;

  public PeeringTokenCommands(Session session) {
    this.session = session;
  }

  @Command(
      name = "inspect",
      description = {
        "Shows what a token says, but not its secret. Asks no server.",
        "The token comes from standard input or a file: arguments are seen by everybody on the"
            + " machine.",
        "%nExample: hanse peering token inspect - < beta.token"
      })
  int inspect(
      @Parameters(arity = "0..*", paramLabel = "<file>|-", description = "Where the token is.")
          @Nullable List<String> sources,
      @Mixin FormatFlag format,
      @Mixin FlagsAnywhere anywhere) {
    boolean isJson = format.isJson("json|pretty");
    List<String> given = Failures.arguments(sources);
    if (given.size() != 1) {
      throw new CommandFailure("One argument is expected, not " + given.size() + ": " + SOURCES);
    }
    PeeringToken token = decode(given.get(0));
    String problem = problem(token);
    if (isJson) {
      session.print(JsonText.compact(json(token, problem)));
    } else {
      session.out().print(text(token, problem));
    }
    return problem.isEmpty() ? 0 : 1;
  }

  @Command(
      name = "revoke",
      description = {
        "Takes back the token of a peering that was not redeemed yet.",
        "Whoever comes with it is refused. What was redeemed is ended by deleting the peering.",
        "%nExample: hanse peering token revoke -name beta"
      })
  int revoke(@Mixin HttpFlags http, @Mixin PeeringCommands.PeerFlag peer) {
    String name = peer.required();
    Value body = new Value.Fields(Map.of("PeerName", Value.of(name)));
    Value answer =
        Failures.during(
            "Error revoking the token of " + name,
            () ->
                http.client(session)
                    .send(Request.post("/v1/peering/token/revoke").with(body))
                    .orFail()
                    .json());
    if (!answer.at("Revoked").truth()) {
      throw new CommandFailure("There is no unused token of " + name + ".");
    }
    session.print("Revoked the token of " + name);
    return 0;
  }

  private PeeringToken decode(String source) {
    String text = load(source).strip();
    String where = source.equals("-") ? "standard input" : source;
    if (text.isEmpty()) {
      throw new CommandFailure(
          "Error reading the token: " + where + " is empty; " + TokenText.EXPECTED);
    }
    try {
      return PeeringToken.decode(text);
    } catch (ProblemException e) {
      throw new CommandFailure(
          "Error reading the token: " + e.getMessage() + "\n" + TokenText.misread(where, text));
    }
  }

  /** Never repeats what may be the token itself, or its secret. */
  private String load(String source) {
    try {
      return Documents.read(session, source);
    } catch (IOException | InvalidPathException e) {
      if (isToken(source)) {
        throw new CommandFailure(
            "This is the token itself, and everybody on the machine sees arguments; expected "
                + SOURCES);
      }
      String reason = e instanceof IOException failure ? Documents.reason(failure) : "no file";
      String named = TokenText.canBeSecret(source) ? "" : "open " + source + ": ";
      throw new CommandFailure(
          "Error reading the token: " + named + reason + "; expected " + SOURCES);
    }
  }

  private static boolean isToken(String text) {
    try {
      PeeringToken.decode(text.strip());
      return true;
    } catch (ProblemException e) {
      return false;
    }
  }

  /** Why nobody could redeem it; empty for nothing that can be seen from here. */
  private static String problem(PeeringToken token) {
    try {
      token.check();
    } catch (ProblemException e) {
      return String.valueOf(e.getMessage());
    }
    return token.secret().isEmpty() ? "the token has no secret" : "";
  }

  private static Value json(PeeringToken token, String problem) {
    Map<String, Value> shown = new LinkedHashMap<>();
    shown.put("PeerID", Value.of(token.peerId()));
    shown.put("Datacenter", Value.of(token.remote().getDatacenter()));
    shown.put("ServerName", Value.of(token.serverName()));
    shown.put("ManualServerAddresses", Value.of(LabelledAddresses.plain(token.manualAddresses())));
    shown.put("AddressLabels", Value.ofTexts(LabelledAddresses.labels(token.manualAddresses())));
    shown.put("ServerAddresses", Value.of(token.addresses()));
    shown.put(
        "CA",
        new Value.Items(
            certificates(token).stream()
                .map(
                    certificate ->
                        (Value)
                            Value.ofTexts(
                                Map.of(
                                    "Subject",
                                    certificate.getSubjectX500Principal().getName(),
                                    "NotAfter",
                                    end(certificate),
                                    "Fingerprint",
                                    Pem.fingerprint(certificate))))
                .toList()));
    token.expires().ifPresent(end -> shown.put("Expires", Value.of(end.toString())));
    shown.put("HasSecret", Value.of(!token.secret().isEmpty()));
    shown.put("Problem", Value.of(problem));
    return new Value.Fields(shown);
  }

  /** It need not be one of ours: what it says must not steer the terminal. */
  private static String text(PeeringToken token, String problem) {
    StringBuilder out = new StringBuilder();
    line(out, "Peer ID:     ", Quoted.escaped(token.peerId()));
    line(out, "Datacenter:  ", Quoted.escaped(token.remote().getDatacenter()));
    line(out, "Server Name: ", Quoted.escaped(token.serverName()));
    boolean isReplaced = !token.manualAddresses().isEmpty();
    token.manualAddresses().forEach(named -> line(out, "Address:     ", external(named)));
    token
        .addresses()
        .forEach(
            address ->
                line(
                    out,
                    "Address:     ",
                    Quoted.escaped(address) + (isReplaced ? " (not dialed)" : "")));
    for (X509Certificate certificate : certificates(token)) {
      line(
          out,
          "CA:          ",
          Quoted.escaped(certificate.getSubjectX500Principal().getName())
              + " until "
              + end(certificate)
              + " "
              + Pem.fingerprint(certificate));
    }
    token
        .expires()
        .ifPresent(
            end -> {
              Duration past = Duration.between(end, Instant.now());
              String note =
                  past.isNegative()
                      ? ""
                      : " (expired " + span(past) + " ago, by this machine's clock)";
              line(out, "Expires:     ", end + note);
            });
    line(out, "Secret:      ", token.secret().isEmpty() ? "none" : "present, not shown");
    if (!problem.isEmpty()) {
      line(out, "Problem:     ", Quoted.escaped(problem));
    }
    return out.toString();
  }

  /** Roughly: a day is known by its hours no more. */
  private static String span(Duration past) {
    if (past.toMinutes() < 2) {
      return past.toSeconds() + " s";
    }
    if (past.toHours() < 2) {
      return past.toMinutes() + " min";
    }
    return past.toDays() < 2 ? past.toHours() + " h" : past.toDays() + " days";
  }

  /** By the word by which who dials there is told who named it. */
  private static String external(PeerAddress named) {
    String label = named.getLabel();
    String shown = label.isEmpty() ? "" : ", " + Quoted.escaped(label);
    return Quoted.escaped(named.getAddress()) + " (token" + shown + ")";
  }

  /** Those that can be read; one that can't is the token's problem. */
  private static List<X509Certificate> certificates(PeeringToken token) {
    try {
      return Pem.certificates(token.caPems());
    } catch (ProblemException e) {
      return List.of();
    }
  }

  private static String end(X509Certificate certificate) {
    return certificate.getNotAfter().toInstant().toString();
  }
}
