package io.hanse.fsm.apply;

import static io.hanse.fsm.apply.ClusterModel.require;

import io.hanse.fsm.apply.ClusterModel.ModelPeering;
import io.hanse.fsm.row.RotateStreamSecret;
import io.hanse.fsm.row.WritePeering;
import io.hanse.fsm.view.TokenFates.Fate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The secrets of peerings, and what must be remembered of their tokens, in plain maps. */
final class SecretsModel {
  private static final int REMEMBERED_MAX = 16;

  /** With what the last redeemer that named itself was answered, for which secret. */
  record ModelSecrets(
      String establishment, String pending, String active, String nonce, String redeemed) {
    static final ModelSecrets NONE = new ModelSecrets("", "", "", "", "");

    ModelSecrets promoted() {
      return new ModelSecrets(establishment, "", pending, "", "");
    }

    ModelSecrets withEstablishment(String fresh) {
      return new ModelSecrets(fresh, pending, active, nonce, redeemed);
    }
  }

  /** A token that is good no more. */
  record Ended(String secret, Fate fate) {}

  private final Map<String, ModelPeering> peerings;
  private final TreeMap<String, ModelSecrets> secrets = new TreeMap<>();
  private final TreeMap<String, List<Ended>> ended = new TreeMap<>();
  private final TreeMap<String, Long> expiry = new TreeMap<>();

  /** Whose pending secret did not come of a token. */
  private final Set<String> rotated = new TreeSet<>();

  long timeMillis;

  SecretsModel(Map<String, ModelPeering> peerings) {
    this.peerings = peerings;
  }

  SecretsModel copy(Map<String, ModelPeering> copiedPeerings) {
    SecretsModel copy = new SecretsModel(copiedPeerings);
    copy.secrets.putAll(secrets);
    copy.ended.putAll(ended);
    copy.expiry.putAll(expiry);
    copy.rotated.addAll(rotated);
    copy.timeMillis = timeMillis;
    return copy;
  }

  boolean isKnown(String name) {
    return secrets.containsKey(name);
  }

  ModelSecrets of(String name) {
    return secrets.getOrDefault(name, ModelSecrets.NONE);
  }

  boolean change(String name, WritePeering command) {
    switch (command.getSecretsCase()) {
      case GENERATE -> generate(name, command);
      case EXCHANGE -> exchange(name, command);
      case PROMOTE -> {
        require(isKnown(name));
        require(of(name).pending().equals(command.getPromote().getPendingStream()));
        secrets.put(name, of(name).promoted());
        rotated.remove(name);
      }
      case ESTABLISH -> {
        require(peerings.containsKey(name) && peerings.get(name).dials());
        String replaced = command.getEstablish().getReplaced();
        if (!replaced.isEmpty() && !of(name).active().equals(replaced)) {
          return false;
        }
        String active = command.getEstablish().getActiveStream();
        secrets.put(name, new ModelSecrets("", "", active, "", ""));
      }
      case SECRETS_NOT_SET -> {}
    }
    return true;
  }

  private void generate(String name, WritePeering command) {
    require(!peerings.get(name).dials());
    ModelSecrets old = of(name);
    String fresh = command.getGenerate().getEstablishment();
    requireUnused(fresh);
    if (command.getRemembers() && !old.establishment().isEmpty()) {
      remember(name, isOver(name) ? Fate.EXPIRED : Fate.SUPERSEDED);
    }
    expiry.put(name, command.getGenerate().getExpiresMillis());
    secrets.put(name, old.withEstablishment(fresh));
  }

  private void exchange(String name, WritePeering write) {
    WritePeering.ExchangeSecret command = write.getExchange();
    require(isKnown(name));
    ModelSecrets old = of(name);
    String nonce = command.getRedeemerNonce();
    boolean isSame =
        !nonce.isEmpty()
            && !old.pending().isEmpty()
            && old.nonce().equals(nonce)
            && old.redeemed().equals(command.getEstablishment());
    if (isSame) {
      return;
    }
    require(
        !old.establishment().isEmpty() && old.establishment().equals(command.getEstablishment()));
    require(!isOver(name));
    requireUnused(command.getPendingStream());
    if (write.getRemembers()) {
      remember(name, Fate.REDEEMED);
    }
    expiry.remove(name);
    rotated.remove(name);
    secrets.put(
        name,
        new ModelSecrets(
            "",
            command.getPendingStream(),
            old.active(),
            nonce,
            nonce.isEmpty() ? "" : command.getEstablishment()));
  }

  boolean revoke(String name) {
    require(peerings.containsKey(name) && !peerings.get(name).dials());
    if (of(name).establishment().isEmpty()) {
      return false;
    }
    remember(name, Fate.REVOKED);
    expiry.remove(name);
    secrets.put(name, of(name).withEstablishment(""));
    return true;
  }

  void rotate(String name, RotateStreamSecret command) {
    require(!peerings.get(name).dials());
    String current = command.getCurrent();
    ModelSecrets old = of(name);
    boolean isRotated = rotated.contains(name);
    if (old.pending().equals(current)) {
      old = old.promoted();
      isRotated = false;
    }
    require(!current.isEmpty() && old.active().equals(current));
    if (!command.getNext().isEmpty()) {
      require(old.pending().isEmpty() || isRotated);
      if (old.pending().isEmpty()) {
        requireUnused(command.getNext());
        isRotated = true;
        old =
            new ModelSecrets(
                old.establishment(), command.getNext(), current, old.nonce(), old.redeemed());
      }
    }
    if (isRotated) {
      rotated.add(name);
    } else {
      rotated.remove(name);
    }
    secrets.put(name, old);
  }

  private void requireUnused(String secret) {
    secrets.forEach(
        (name, some) -> {
          if (!peerings.get(name).dials()) {
            require(!List.of(some.establishment(), some.pending(), some.active()).contains(secret));
          }
        });
  }

  private boolean isOver(String name) {
    long end = expiry.getOrDefault(name, 0L);
    return end > 0 && end <= timeMillis;
  }

  private void remember(String name, Fate fate) {
    List<Ended> all = new ArrayList<>(ended.getOrDefault(name, List.of()));
    all.add(0, new Ended(of(name).establishment(), fate));
    ended.put(name, List.copyOf(all.subList(0, Math.min(all.size(), REMEMBERED_MAX))));
  }

  /** How the token of that secret stands. */
  Fate fate(String name, String secret) {
    if (secret.equals(of(name).establishment())) {
      return isOver(name) ? Fate.EXPIRED : Fate.GOOD;
    }
    return ended.getOrDefault(name, List.of()).stream()
        .filter(each -> each.secret().equals(secret))
        .map(Ended::fate)
        .findFirst()
        .orElse(Fate.UNKNOWN);
  }

  void forget(String name) {
    secrets.remove(name);
    ended.remove(name);
    expiry.remove(name);
    rotated.remove(name);
  }
}
