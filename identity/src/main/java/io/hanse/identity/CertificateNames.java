package io.hanse.identity;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The names that a certificate has, for comparing and for saying whose it is. */
final class CertificateNames {
  private static final int DNS = 2;
  private static final int TEXT_MAX = 300;

  private CertificateNames() {}

  static List<String> dns(X509Certificate certificate) throws CertificateParsingException {
    List<String> names = new ArrayList<>();
    Collection<List<?>> all = certificate.getSubjectAlternativeNames();
    if (all != null) {
      for (List<?> name : all) {
        if (name.get(0) instanceof Integer type && type == DNS) {
          names.add((String) name.get(1));
        }
      }
    }
    return names;
  }

  /** One line for the log, however strange the certificate is. */
  static String of(X509Certificate certificate) {
    String names;
    try {
      names = String.join(",", dns(certificate));
    } catch (CertificateParsingException e) {
      names = "unreadable";
    }
    String text =
        certificate.getSubjectX500Principal().getName()
            + " dns="
            + names
            + " issuer="
            + certificate.getIssuerX500Principal().getName();
    String line = text.replaceAll("[\\p{Cntrl}\"]", "?");
    return line.length() > TEXT_MAX ? line.substring(0, TEXT_MAX) + "…" : line;
  }
}
