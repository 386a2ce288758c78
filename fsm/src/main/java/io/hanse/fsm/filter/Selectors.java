package io.hanse.fsm.filter;

import com.google.protobuf.DescriptorProtos.FieldOptions;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor.JavaType;
import io.hanse.fsm.row.CheckServiceNode;
import io.hanse.fsm.row.FieldRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the rows of an endpoint can be asked for: their fields by the names that JSON gives them, or
 * by names of the endpoint's own.
 */
public final class Selectors {
  /** An instance with its node's fields beside its own, as {@code /v1/catalog/service} shows it. */
  public static final Selectors FLATTENED_INSTANCE =
      new Selectors(CheckServiceNode.getDescriptor(), flattenedInstance());

  private final Descriptor row;
  private final Map<String, List<FieldDescriptor>> renamed;

  private Selectors(Descriptor row, Map<String, List<FieldDescriptor>> renamed) {
    this.row = row;
    this.renamed = renamed;
  }

  /** Those of a type of row as it is. */
  public static Selectors of(Descriptor row) {
    return new Selectors(row, Map.of());
  }

  /** The same with the fields of an inline part beside them. */
  public static Selectors of(Descriptor row, FieldDescriptor inline) {
    Map<String, List<FieldDescriptor>> names = new TreeMap<>();
    for (FieldDescriptor field : row.getFields()) {
      if (isSelectable(field)) {
        names.put(field.getJsonName(), List.of(field));
      }
    }
    for (FieldDescriptor field : inline.getMessageType().getFields()) {
      if (isSelectable(field)) {
        names.put(field.getJsonName(), List.of(inline, field));
      }
    }
    return new Selectors(row, names);
  }

  private static Map<String, List<FieldDescriptor>> flattenedInstance() {
    Map<String, List<FieldDescriptor>> names = new TreeMap<>();
    for (String name : List.of("ID", "Node", "Address", "Datacenter", "TaggedAddresses")) {
      names.put(name, path("Node", name));
    }
    names.put("NodeMeta", path("Node", "Meta"));
    names.put("ServiceName", path("Service", "Service"));
    names.put("PeerName", path("Service", "PeerName"));
    for (String name :
        List.of(
            "Kind",
            "ID",
            "Tags",
            "Address",
            "TaggedAddresses",
            "Weights",
            "Meta",
            "Port",
            "SocketPath",
            "EnableTagOverride",
            "Proxy",
            "Connect")) {
      names.put("Service" + name, path("Service", name));
    }
    return names;
  }

  private static List<FieldDescriptor> path(String part, String name) {
    FieldDescriptor first = field(CheckServiceNode.getDescriptor(), part).orElseThrow();
    return List.of(first, field(first.getMessageType(), name).orElseThrow());
  }

  /** The field of this name, unless it is one that may not be asked for. */
  private static Optional<FieldDescriptor> field(Descriptor type, String name) {
    return type.getFields().stream()
        .filter(field -> field.getJsonName().equals(name) && isSelectable(field))
        .findFirst();
  }

  private static boolean isSelectable(FieldDescriptor field) {
    FieldOptions options = field.getOptions();
    boolean isFree =
        field.getJavaType() == JavaType.MESSAGE
            && field.getMessageType().getFile().getPackage().equals("google.protobuf");
    return !isFree
        && !options.getExtension(FieldRules.hidden)
        && !options.getExtension(FieldRules.inline)
        && !options.getExtension(FieldRules.secret)
        && !options.getExtension(FieldRules.notSelectable);
  }

  /** Finds the way to what a selector names; empty if it names nothing. */
  Optional<Path> find(List<String> selector) {
    List<Path.Step> steps = new ArrayList<>();
    Descriptor type = row;
    Path.Kind kind = Path.Kind.OBJECT;
    for (String name : selector) {
      FieldDescriptor reached;
      switch (kind) {
        case OBJECT, OBJECTS -> {
          List<FieldDescriptor> fields = fields(type, name);
          if (fields.isEmpty()) {
            return Optional.empty();
          }
          fields.forEach(field -> steps.add(new Path.Step.Member(field)));
          reached = fields.get(fields.size() - 1);
        }
        case MAP -> {
          steps.add(new Path.Step.Entry(name));
          reached = type.findFieldByName("value");
        }
        default -> {
          return Optional.empty();
        }
      }
      kind = Path.Kind.of(reached);
      if (reached.getJavaType() == JavaType.MESSAGE) {
        type = reached.getMessageType();
      }
    }
    return Optional.of(new Path(steps, kind));
  }

  private List<FieldDescriptor> fields(Descriptor type, String name) {
    if (type.equals(row) && !renamed.isEmpty()) {
      return renamed.getOrDefault(name, List.of());
    }
    return field(type, name).map(List::of).orElse(List.of());
  }
}
