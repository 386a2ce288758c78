package io.hanse.fsm.config;

import static io.hanse.fsm.config.Findings.invalid;

import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.ServiceSplit;
import io.hanse.fsm.row.ServiceSplitter;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/** What a service-splitter entry fills in and may say. */
public final class ServiceSplitterRules {
  private static final int HUNDREDTHS_OF_ALL = 100 * 100;

  private ServiceSplitterRules() {}

  static ConfigEntry normalise(ConfigEntry entry) {
    ServiceSplitter.Builder splitter = entry.getServiceSplitter().toBuilder();
    for (ServiceSplit.Builder split : splitter.getSplitsBuilderList()) {
      split.setWeight(rounded(split.getWeight()));
    }
    return entry.toBuilder().setServiceSplitter(splitter).build();
  }

  /** A share, to the hundredth of a percent. */
  public static float rounded(float weight) {
    return (float) hundredths(weight) / 100f;
  }

  private static int hundredths(float weight) {
    // The product is made as a float, as in Consul: the last bit decides on halves.
    return (int) Math.round((double) (weight * 100f));
  }

  static void validate(ConfigEntry entry) {
    Names.require(entry);
    ServiceSplitter splitter = entry.getServiceSplitter();
    if (splitter.getSplitsCount() == 0) {
      throw invalid("no splits configured");
    }
    MetaRules.requireLax(entry.getMetaMap());
    Set<ServiceSplit> seen = new LinkedHashSet<>();
    long sum = 0;
    for (int i = 0; i < splitter.getSplitsCount(); i++) {
      ServiceSplit split = splitter.getSplits(i);
      Tenancy.require("Splits[" + i + "]: ", split.getPartition(), split.getNamespace());
      String service = split.getService().isEmpty() ? entry.getName() : split.getService();
      ServiceSplit.Builder destination = split.toBuilder().clearWeight().setService(service);
      destination.clearRequestHeaders().clearResponseHeaders();
      if (!seen.add(destination.build())) {
        throw invalid(
            String.format(
                "split destination occurs more than once: service=\"%s\", subset=\"%s\","
                    + " namespace=\"%s\", partition=\"%s\"",
                service, split.getServiceSubset(), split.getNamespace(), split.getPartition()));
      }
      if (split.getWeight() < 0) {
        throw invalid("Splits[" + i + "]: a weight cannot be negative");
      }
      sum += hundredths(split.getWeight());
    }
    if (sum != HUNDREDTHS_OF_ALL) {
      throw invalid(
          String.format(
              Locale.ROOT, "the sum of all split weights must be 100, not %f", (double) sum / 100));
    }
  }
}
