package io.hanse.cli.command;

import static io.hanse.cli.client.Failures.during;
import static io.hanse.cli.client.Failures.required;

import io.hanse.cli.client.ApiClient;
import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.FormatFlag;
import io.hanse.cli.client.Request;
import io.hanse.cli.client.Response;
import io.hanse.cli.client.ServerFlags;
import io.hanse.cli.client.Session;
import io.hanse.cli.value.JsonText;
import io.hanse.cli.value.Value;
import io.hanse.fsm.error.Quoted;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "explain",
    description = {
      "Says what stands between services and those who call them across a peering.",
      "Each step is well (ok) or not (!!), or can't be told from here (??), with what to do about",
      "it. Ends with 2 if one is not well.",
      "What the other cluster knows is told by the same command there.",
      "",
      "Example: hanse peering explain -name beta -service web"
    })
public final class PeeringExplainCommand implements Callable<Integer> {
  private static final int NOT_WELL = 2;

  private final Session session;

  @Mixin private final ServerFlags server = new ServerFlags();

  @Mixin private final FormatFlag format = new FormatFlag();

  @Option(
      names = "-name",
      defaultValue = "",
      paramLabel = "<name>",
      description = "The other cluster's name here; required.")
  private String name = "";

  @Option(
      names = "-service",
      defaultValue = "",
      paramLabel = "<service>",
      description = "A service of either side; all by default.")
  private String service = "";

  public PeeringExplainCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    required(name, "Missing the required -name flag");
    boolean isJson = format.isJson("json|pretty");
    List<Section> sections =
        during("Error explaining peering " + name, () -> sections(server.client(session)));
    session.print(isJson ? JsonText.compact(json(sections)) : text(sections));
    boolean isWell =
        sections.stream().flatMap(each -> each.findings().stream()).noneMatch(Finding::isBad);
    return isWell ? 0 : NOT_WELL;
  }

  /**
   * What is found of one side of the matter.
   *
   * @param key for programs; it says the same whatever is asked for
   */
  private record Section(String key, String title, List<Finding> findings) {
    static Section ofImports(String title, List<Finding> findings) {
      return new Section("Imports", title, findings);
    }

    static Section ofExports(String title, List<Finding> findings) {
      return new Section("Exports", title, findings);
    }
  }

  private List<Section> sections(ApiClient api) {
    Response answer =
        api.send(Request.get("/v1/peering/" + Request.segment(name)).with("detail", ""));
    if (answer.isNotFound()) {
      throw new CommandFailure("No peering with name " + name + " found.");
    }
    Value peering = answer.orFail().json();
    if (peering.at("Detail").isNothing()) {
      throw new CommandFailure(
          "This server tells no details, as a Consul: ask a server of Hanse, as of the other cluster");
    }
    PeeringExplanation explanation = new PeeringExplanation(peering, known(api));
    List<Section> sections = new ArrayList<>();
    sections.add(new Section("Peering", "Peering with " + name, explanation.link()));
    if (service.isEmpty()) {
      sections.add(Section.ofImports("Imported from " + name, explanation.imports()));
      sections.add(Section.ofExports("Exported to " + name, explanation.exports(local(api))));
    } else {
      addService(api, explanation, sections);
    }
    return sections;
  }

  private PeeringExplanation.Known known(ApiClient api) {
    Map<String, Set<String>> consumers = new TreeMap<>();
    for (Value entry : json(api, "/v1/config/exported-services").items()) {
      for (Value exported : entry.at("Services").items()) {
        for (Value consumer : exported.at("Consumers").items()) {
          if (!consumer.at("Peer").text().isEmpty()) {
            consumers
                .computeIfAbsent(consumer.at("Peer").text(), peer -> new TreeSet<>())
                .add(exported.at("Name").text());
          }
        }
      }
    }
    Set<String> peerings =
        json(api, "/v1/peerings").items().stream()
            .map(each -> each.at("Name").text())
            .collect(Collectors.toCollection(TreeSet::new));
    return new PeeringExplanation.Known(imported(api), exported(api), consumers, peerings);
  }

  /** A name may be one of both sides; one that is known to neither is looked for in the imports. */
  private void addService(ApiClient api, PeeringExplanation explanation, List<Section> sections) {
    Value local = health(api, "health/service", "");
    boolean isOurs = explanation.isExported(service) || !local.items().isEmpty();
    if (explanation.isImported(service) || !isOurs) {
      sections.add(
          Section.ofImports(
              service + " of " + name + ", for callers here",
              explanation.importOf(
                  service,
                  health(api, "health/service", name),
                  health(api, "health/connect", name))));
    }
    if (isOurs) {
      Value intentions =
          api.send(
                  Request.get("/v1/connect/intentions/match")
                      .with("by", "destination")
                      .with("name", service))
              .orFail()
              .json()
              .at(service);
      String policy =
          json(api, "/v1/agent/self").at("DebugConfig").at("DefaultIntentionPolicy").text();
      sections.add(
          Section.ofExports(
              service + " of this cluster, for callers of " + name,
              explanation.exportOf(
                  service,
                  local,
                  health(api, "health/connect", ""),
                  intentions,
                  !policy.equals("deny"))));
    }
  }

  private static Value json(ApiClient api, String path) {
    return api.send(Request.get(path)).orFail().json();
  }

  private Value health(ApiClient api, String of, String peer) {
    return api.send(
            Request.get("/v1/" + of + "/" + Request.segment(service)).withUnlessEmpty("peer", peer))
        .orFail()
        .json();
  }

  /** The names of which instances are stored here. */
  private Set<String> imported(ApiClient api) {
    return json(api, "/v1/imported-services").items().stream()
        .filter(each -> each.at("SourcePeer").text().equals(name))
        .map(each -> each.at("Service").text())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Set<String> exported(ApiClient api) {
    return json(api, "/v1/exported-services").items().stream()
        .filter(
            each ->
                each.at("Consumers").at("Peers").items().stream()
                    .anyMatch(peer -> peer.text().equals(name)))
        .map(each -> each.at("Service").text())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> local(ApiClient api) {
    return json(api, "/v1/catalog/services").fields().keySet();
  }

  private static String text(List<Section> sections) {
    StringBuilder out = new StringBuilder();
    for (Section section : sections) {
      out.append(out.isEmpty() ? "" : "\n").append(section.title()).append('\n');
      for (Finding finding : section.findings()) {
        // Some of it are the peer's own words.
        out.append("  ").append(finding.mark().sign()).append("  ");
        out.append(Quoted.printable(finding.what()));
        out.append(finding.hint().isEmpty() ? "" : "\n      -> ");
        out.append(Quoted.printable(finding.hint())).append('\n');
      }
    }
    return out.toString().stripTrailing();
  }

  private static Value json(List<Section> sections) {
    Map<String, Value> fields = new LinkedHashMap<>();
    for (Section section : sections) {
      fields.put(
          section.key(),
          new Value.Items(section.findings().stream().map(PeeringExplainCommand::json).toList()));
    }
    return new Value.Fields(fields);
  }

  private static Value json(Finding finding) {
    Map<String, Value> fields = new LinkedHashMap<>();
    fields.put("OK", Value.of(finding.mark() == Finding.Mark.GOOD));
    fields.put("Mark", Value.of(finding.mark().word()));
    fields.put("Finding", Value.of(finding.what()));
    fields.put("Hint", Value.of(finding.hint()));
    return new Value.Fields(fields);
  }
}
