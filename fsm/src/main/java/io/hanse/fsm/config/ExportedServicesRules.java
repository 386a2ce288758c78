package io.hanse.fsm.config;

import static io.hanse.fsm.config.Findings.invalid;

import io.hanse.fsm.row.ConfigEntry;
import io.hanse.fsm.row.ExportedServiceRule;
import io.hanse.fsm.row.ServiceConsumer;

/**
 * What an exported-services entry may say. A consumer that names nobody is legal and means none.
 */
final class ExportedServicesRules {
  private ExportedServicesRules() {}

  static void validate(ConfigEntry entry) {
    if (!entry.getName().equals("default")) {
      throw invalid("exported-services Name must be \"default\"");
    }
    MetaRules.requireLax(entry.getMetaMap());
    for (int i = 0; i < entry.getExportedServices().getServicesCount(); i++) {
      ExportedServiceRule rule = entry.getExportedServices().getServices(i);
      String where = "Services[" + i + "]";
      if (rule.getName().isEmpty()) {
        throw invalid(where + ": service name cannot be empty");
      }
      if (rule.getConsumersCount() == 0) {
        throw invalid(where + ": must have at least one consumer");
      }
      for (int j = 0; j < rule.getConsumersCount(); j++) {
        validate(rule.getConsumers(j), where + ".Consumers[" + j + "]");
      }
    }
  }

  private static void validate(ServiceConsumer consumer, String where) {
    int kinds = 0;
    kinds += consumer.getPeer().isEmpty() ? 0 : 1;
    kinds += consumer.getPartition().isEmpty() ? 0 : 1;
    kinds += consumer.getSamenessGroup().isEmpty() ? 0 : 1;
    if (kinds > 1) {
      throw invalid(where + ": must define at most one of Peer, Partition, or SamenessGroup");
    }
    if (consumer.getPartition().equals("*")) {
      throw invalid(where + ": exporting to all partitions (wildcard) is not supported");
    }
    if (consumer.getPeer().equals("*")) {
      throw invalid(where + ": exporting to all peers (wildcard) is not supported");
    }
    if (!consumer.getSamenessGroup().isEmpty()) {
      throw invalid(where + ": sameness-groups are an enterprise-only feature");
    }
  }
}
