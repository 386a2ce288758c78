package io.hanse.fsm.query;

import io.hanse.fsm.error.ProblemCode;
import io.hanse.fsm.error.ProblemException;
import io.hanse.fsm.filter.Regex;
import io.hanse.fsm.query.TemplateText.BadTextException;
import io.hanse.fsm.row.PreparedQuery;
import io.hanse.fsm.row.QueryFailoverTarget;
import io.hanse.fsm.row.ServiceQuery;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes the query that a template comes to when a name is asked for. */
public final class QueryTemplates {
  private static final String NAME_PREFIX_MATCH = "name_prefix_match";

  private QueryTemplates() {}

  /**
   * Refuses a template that cannot be rendered, by rendering it for its own name.
   *
   * @throws ProblemException INVALID_ARGUMENT
   */
  public static void check(PreparedQuery template) {
    try {
      render(template, template.getName());
    } catch (ProblemException e) {
      throw invalid("failed compiling template: " + e.getMessage());
    }
  }

  /**
   * The query with its texts filled in.
   *
   * @throws ProblemException INVALID_ARGUMENT: it is no template that can be understood
   */
  public static PreparedQuery render(PreparedQuery template, String name) {
    if (!template.getTemplate().getType().equals(NAME_PREFIX_MATCH)) {
      throw invalid("Bad Template.Type '" + template.getTemplate().getType() + "'");
    }
    Filling filling = new Filling(valuesOf(template, name));
    ServiceQuery.Builder service = filling.fill(template.getService());
    if (template.getTemplate().getRemoveEmptyTags()) {
      List<String> tags = service.getTagsList().stream().filter(tag -> !tag.isEmpty()).toList();
      service.clearTags().addAllTags(tags);
    }
    return template.toBuilder().setService(service).build();
  }

  private static TemplateText.Values valuesOf(PreparedQuery template, String name) {
    String prefix = template.getName();
    // With the case of the prefix as it is written; else all of the name goes on behind it.
    String suffix = name.startsWith(prefix) ? name.substring(prefix.length()) : name;
    return new TemplateText.Values(
        Map.of(
            "name.full",
            name,
            "name.prefix",
            prefix,
            "name.suffix",
            suffix,
            // There are no segments in this edition.
            "agent.segment",
            ""),
        groupsOf(template.getTemplate().getRegexp(), name));
  }

  private static List<String> groupsOf(String regexp, String name) {
    if (regexp.isEmpty()) {
      return List.of();
    }
    try {
      return Regex.compile(regexp).find(name).orElse(List.of());
    } catch (IllegalArgumentException e) {
      throw invalid("Bad Regexp: " + e.getMessage());
    }
  }

  private static ProblemException invalid(String text) {
    return new ProblemException(ProblemCode.INVALID_ARGUMENT, text);
  }

  /** Fills in one text after the other; each has a name for complaints. */
  private record Filling(TemplateText.Values values) {
    ServiceQuery.Builder fill(ServiceQuery query) {
      ServiceQuery.Builder filled = query.toBuilder();
      filled
          .setService(text(".Service", query.getService()))
          .setSamenessGroup(text(".SamenessGroup", query.getSamenessGroup()));
      filled
          .getFailoverBuilder()
          .clearDatacenters()
          .addAllDatacenters(
              texts(".Failover.Datacenters", query.getFailover().getDatacentersList()))
          .clearTargets()
          .addAllTargets(targets(query.getFailover().getTargetsList()));
      return filled
          .clearIgnoreCheckIds()
          .addAllIgnoreCheckIds(texts(".IgnoreCheckIDs", query.getIgnoreCheckIdsList()))
          .setNear(text(".Near", query.getNear()))
          .clearTags()
          .addAllTags(texts(".Tags", query.getTagsList()))
          .putAllNodeMeta(texts(".NodeMeta", query.getNodeMetaMap()))
          .putAllServiceMeta(texts(".ServiceMeta", query.getServiceMetaMap()))
          .setPeer(text(".Peer", query.getPeer()));
    }

    private List<QueryFailoverTarget> targets(List<QueryFailoverTarget> targets) {
      List<QueryFailoverTarget> filled = new ArrayList<>();
      for (QueryFailoverTarget target : targets) {
        String path = ".Failover.Targets[" + filled.size() + "]";
        filled.add(
            target.toBuilder()
                .setPeer(text(path + ".Peer", target.getPeer()))
                .setDatacenter(text(path + ".Datacenter", target.getDatacenter()))
                .build());
      }
      return filled;
    }

    private List<String> texts(String path, List<String> texts) {
      List<String> filled = new ArrayList<>();
      texts.forEach(one -> filled.add(text(path + "[" + filled.size() + "]", one)));
      return filled;
    }

    private Map<String, String> texts(String path, Map<String, String> texts) {
      Map<String, String> filled = new LinkedHashMap<>();
      texts.forEach((key, one) -> filled.put(key, text(path + "[" + key + "]", one)));
      return filled;
    }

    private String text(String path, String text) {
      TemplateText parsed;
      try {
        parsed = TemplateText.parse(text);
      } catch (BadTextException e) {
        throw invalid("Bad format '" + text + "' in Service" + path + ": " + e.getMessage());
      }
      try {
        return parsed.with(values);
      } catch (BadTextException e) {
        throw invalid(
            "Bad evaluation for '" + text + "' in Service" + path + ": " + e.getMessage());
      }
    }
  }
}
