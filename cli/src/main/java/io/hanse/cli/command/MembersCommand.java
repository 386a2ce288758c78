package io.hanse.cli.command;

import static io.hanse.cli.client.Failures.during;

import io.hanse.cli.client.CommandFailure;
import io.hanse.cli.client.HttpFlags;
import io.hanse.cli.client.Request;
import io.hanse.cli.client.Session;
import io.hanse.cli.client.Table;
import io.hanse.cli.value.Value;
import io.hanse.fsm.view.HostPort;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "members", description = "Lists the members of the cluster.")
public final class MembersCommand implements Callable<Integer> {
  private static final String ALL_SEGMENTS = "_all";
  private static final List<String> STATUSES =
      List.of("none", "alive", "leaving", "left", "failed");
  private static final int NO_MATCH = 2;

  private final Session session;

  @Mixin private final HttpFlags http = new HttpFlags();

  @Option(names = "-detailed", description = "With all tags.")
  private boolean detailed;

  @Option(names = "-wan", description = "Servers as other datacenters see them.")
  private boolean wan;

  @Option(names = "-status", defaultValue = ".*", description = "Only those whose status matches.")
  private String status = ".*";

  @Option(names = "-segment", defaultValue = ALL_SEGMENTS, description = "Of another edition.")
  private String segment = ALL_SEGMENTS;

  @Option(names = "-filter", defaultValue = "", description = "Only those that match.")
  private String filter = "";

  @Option(names = "-partition", defaultValue = "", description = "Of another edition.")
  private String partition = "";

  @Parameters(hidden = true)
  private @Nullable List<String> ignored;

  public MembersCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    Pattern wanted = pattern();
    Request request =
        Request.get("/v1/agent/members")
            .withUnlessEmpty("segment", wan ? "" : segment)
            .withUnlessEmpty("wan", wan ? "1" : "")
            .withUnlessEmpty("filter", filter)
            .withUnlessEmpty("partition", partition);
    List<Value> members =
        during("Error retrieving members", () -> http.client(session).send(request).orFail().json())
            .items()
            .stream()
            .filter(member -> wanted.matcher(status(member)).matches())
            .sorted(
                Comparator.comparing(MembersCommand::segment)
                    .thenComparing(member -> member.at("Name").text()))
            .toList();
    if (members.isEmpty()) {
      return NO_MATCH;
    }
    session.out().print(detailed ? withTags(members) : standard(members));
    return 0;
  }

  private Pattern pattern() {
    try {
      return Pattern.compile(status);
    } catch (PatternSyntaxException e) {
      throw new CommandFailure(
          "Failed to compile status regexp: error parsing regexp: "
              + e.getDescription()
              + ": `"
              + status
              + "`");
    }
  }

  private static String standard(List<Value> members) {
    Table table =
        new Table(
            "Node", "Address", "Status", "Type", "Build", "Protocol", "DC", "Partition", "Segment");
    for (Value member : members) {
      Value tags = member.at("Tags");
      String build = tags.at("build").text();
      table.row(
          member.at("Name").text(),
          address(member),
          status(member),
          isServer(member) ? "server" : "client",
          build.isEmpty() ? "< 0.3" : build.replaceFirst(":.*", ""),
          tags.at("vsn").text(),
          tags.at("dc").text(),
          partition(tags),
          segment(member));
    }
    return table.text();
  }

  private static String withTags(List<Value> members) {
    Table table = new Table("Node", "Address", "Status", "Tags");
    for (Value member : members) {
      TreeMap<String, Value> tags = new TreeMap<>(member.at("Tags").fields());
      tags.put("ap", Value.of(partition(member.at("Tags"))));
      tags.put("segment", Value.of(segment(member)));
      table.row(
          member.at("Name").text(),
          address(member),
          status(member),
          tags.entrySet().stream()
              .map(tag -> tag.getKey() + "=" + tag.getValue().text())
              .collect(Collectors.joining(",")));
    }
    return table.text();
  }

  private static String partition(Value tags) {
    String partition = tags.at("ap").text();
    return partition.isEmpty() ? "default" : partition;
  }

  private static String address(Value member) {
    return HostPort.joined(member.at("Addr").text(), member.at("Port").text());
  }

  private static String status(Value member) {
    int status = (int) member.at("Status").whole();
    return status >= 0 && status < STATUSES.size() ? STATUSES.get(status) : "none";
  }

  private static boolean isServer(Value member) {
    return member.at("Tags").at("role").text().equals("consul");
  }

  private static String segment(Value member) {
    String segment = member.at("Tags").at("segment").text();
    if (!segment.isEmpty()) {
      return segment;
    }
    return isServer(member) ? "<all>" : "<default>";
  }
}
