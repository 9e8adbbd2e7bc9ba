/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */

#include "report/posa-report-text.h"

#include <string.h>

#include "base/posa-clock.h"

typedef const char *Words[POSA_N_LANGUAGES];

/* English, Italian. */
static const Words texts[POSA_N_TEXTS] = {
  [POSA_TEXT_TITLE] = { "Replacement report", "Rapporto di sostituzione" },
  [POSA_TEXT_SUBTITLE] = { "Replacement of the electricity meter",
                           "Sostituzione del contatore elettrico" },
  [POSA_TEXT_DATE] = { "Date of the work", "Data dell’intervento" },
  [POSA_TEXT_TIME] = { "Start – end", "Inizio – fine" },
  [POSA_TEXT_OUTCOME] = { "Outcome", "Esito" },
  [POSA_TEXT_ADDRESS] = { "Address of the supply", "Indirizzo della fornitura" },
  [POSA_TEXT_POD] = { "POD", "POD" },
  [POSA_TEXT_CUSTOMER_NUMBER] = { "Customer number", "Numero cliente" },
  [POSA_TEXT_ORDER] = { "Work order", "Ordine di lavoro" },
  [POSA_TEXT_CREW] = { "Crew", "Squadra" },
  [POSA_TEXT_WORK_DURATION] = { "Duration of the work", "Durata dell’intervento" },
  [POSA_TEXT_OPERATOR] = { "Operator", "Operatore" },
  [POSA_TEXT_BADGE] = { "badge", "tesserino" },
  [POSA_TEXT_CONTRACTOR] = { "Firm", "Impresa" },
  [POSA_TEXT_DEVICE] = { "Device", "Dispositivo" },
  [POSA_TEXT_INTERRUPTION] = { "Interruption of the supply", "Interruzione della fornitura" },
  [POSA_TEXT_CUT] = { "Cut at", "Distacco" },
  [POSA_TEXT_RESTORED] = { "Restored at", "Ripristino" },
  [POSA_TEXT_DURATION] = { "Without supply for", "Durata" },
  [POSA_TEXT_SECOND] = { "second", "secondo" },
  [POSA_TEXT_SECONDS] = { "seconds", "secondi" },
  [POSA_TEXT_NOT_CUT] = { "The supply was not interrupted.",
                          "La fornitura non è stata interrotta." },
  [POSA_TEXT_NOT_RESTORED] = { "not restored", "non ripristinata" },
  [POSA_TEXT_METERS] = { "Meters", "Contatori" },
  [POSA_TEXT_REMOVED_METER] = { "Removed meter", "Contatore rimosso" },
  [POSA_TEXT_OLD_METER] = { "Meter on site", "Contatore presente" },
  [POSA_TEXT_NEW_METER] = { "New meter", "Contatore nuovo" },
  [POSA_TEXT_SERIAL] = { "Serial number", "Matricola" },
  [POSA_TEXT_MANUFACTURER] = { "Manufacturer", "Costruttore" },
  [POSA_TEXT_MODEL] = { "Model", "Modello" },
  [POSA_TEXT_KIND] = { "Type", "Tipo" },
  [POSA_TEXT_FIRMWARE] = { "Firmware", "Firmware" },
  [POSA_TEXT_READ_AT] = { "Read on", "Lettura del" },
  [POSA_TEXT_CLOCK] = { "Meter clock", "Orologio del contatore" },
  [POSA_TEXT_STATUS] = { "Status word", "Parola di stato" },
  [POSA_TEXT_STATUS_CLEAR] = { "nothing signalled", "nessuna segnalazione" },
  [POSA_TEXT_PROFILE] = { "Reading profile", "Profilo di lettura" },
  [POSA_TEXT_REMOVAL_READINGS] = { "Readings of the removed meter",
                                   "Letture del contatore rimosso" },
  [POSA_TEXT_OLD_READINGS] = { "Readings of the meter on site", "Letture del contatore presente" },
  [POSA_TEXT_ACTIVATION_READINGS] = { "Activation readings of the new meter",
                                      "Letture di attivazione del contatore nuovo" },
  [POSA_TEXT_QUANTITY] = { "Quantity", "Grandezza" },
  [POSA_TEXT_TIER] = { "Band", "Fascia" },
  [POSA_TEXT_OBIS] = { "OBIS", "OBIS" },
  [POSA_TEXT_READING] = { "Reading", "Lettura" },
  [POSA_TEXT_UNIT] = { "Unit", "Unità" },
  [POSA_TEXT_METHOD] = { "Taken by", "Modo" },
  [POSA_TEXT_SECOND_READING] = { "2nd reading", "2ª lettura" },
  [POSA_TEXT_TOTAL] = { "total", "totale" },
  [POSA_TEXT_OPTICAL] = { "optical port", "porta ottica" },
  [POSA_TEXT_DISPLAY] = { "display", "display" },
  [POSA_TEXT_SECOND_TAKEN] = { "Second reading after the cut:",
                               "Seconda lettura dopo il distacco:" },
  [POSA_TEXT_SECOND_MISSING] = { "No second reading after the cut:",
                                 "Seconda lettura dopo il distacco non eseguita:" },
  [POSA_TEXT_NOT_READ] = { "not read", "non letto" },
  [POSA_TEXT_VERIFIED] = { "Values written to the new meter and read back",
                           "Valori scritti nel contatore nuovo e riletti" },
  [POSA_TEXT_PARAMETER] = { "Parameter", "Parametro" },
  [POSA_TEXT_BEFORE] = { "Before", "Prima" },
  [POSA_TEXT_WRITTEN] = { "Written", "Scritto" },
  [POSA_TEXT_READ_BACK] = { "Read back", "Riletto" },
  [POSA_TEXT_CHECK] = { "Check", "Verifica" },
  [POSA_TEXT_EQUAL] = { "equal", "concorde" },
  [POSA_TEXT_WITHIN_TOLERANCE] = { "in tolerance", "in tolleranza" },
  [POSA_TEXT_DIFFERENT] = { "different", "diverso" },
  [POSA_TEXT_NOTES] = { "Notes", "Note" },
  [POSA_TEXT_IDENTITY] = { "This document", "Questo documento" },
  [POSA_TEXT_REPORT_ID] = { "Identifier", "Identificativo" },
  [POSA_TEXT_SEQUENCE] = { "Report of the device, no.", "Rapporto del dispositivo, n." },
  [POSA_TEXT_PREVIOUS] = { "SHA-256 of the one before", "SHA-256 del precedente" },
  [POSA_TEXT_PREVIOUS_NONE] = { "none", "nessuno" },
  [POSA_TEXT_SIGNED_BY] = { "signed electronically by device",
                            "firmato elettronicamente dal dispositivo" },
  [POSA_TEXT_SIGNATURE] = { "The electronic signature (PAdES) covers these pages and the attached "
                            "report.json: any "
                            "change made afterwards is detected. Times are Italian local time.",
                            "La firma elettronica (PAdES) copre queste pagine e l’allegato "
                            "report.json: ogni modifica "
                            "successiva viene rilevata. Gli orari sono in ora locale italiana." },
  [POSA_TEXT_HOW_TO_VERIFY] = { "The same facts for machines: attached report.json.  To verify: "
                                "posactl report verify FILE --ca CA.pem",
                                "Gli stessi dati per le macchine: allegato report.json.  "
                                "Verifica: posactl report verify FILE --ca CA.pem" },
  [POSA_TEXT_PAGE] = { "Page", "Pagina" },
  [POSA_TEXT_OF] = { "of", "di" },
};

static const struct
{
  PosaOutcome code;
  Words words;
} outcomes[] = {
  { POSA_OUTCOME_REPLACED, { "Replaced", "Sostituito" } },
  { POSA_OUTCOME_REPLACED_MANUAL_READING,
    { "Replaced, read from the display", "Sostituito, lettura dal display" } },
  { POSA_OUTCOME_CUSTOMER_ABSENT, { "Customer absent", "Cliente assente" } },
  { POSA_OUTCOME_ACCESS_REFUSED, { "Access refused", "Accesso negato" } },
  { POSA_OUTCOME_INACCESSIBLE, { "Meter not accessible", "Contatore inaccessibile" } },
  { POSA_OUTCOME_ADDRESS_NOT_FOUND, { "Address not found", "Indirizzo non trovato" } },
  { POSA_OUTCOME_SERIAL_DIFFERS, { "Serial number differs", "Matricola diversa" } },
  { POSA_OUTCOME_POD_DIFFERS, { "Customer number differs", "POD non corrispondente" } },
  { POSA_OUTCOME_ALREADY_REPLACED, { "Already replaced", "Già sostituito" } },
  { POSA_OUTCOME_TAMPER_SUSPECTED, { "Signs of tampering", "Manomissione sospetta" } },
  { POSA_OUTCOME_INSTALLATION_UNFIT, { "Installation unfit", "Impianto non idoneo" } },
  { POSA_OUTCOME_ELECTRICAL_DANGER, { "Electrical danger", "Pericolo elettrico" } },
  { POSA_OUTCOME_LIFE_SUPPORT,
    { "Life-support equipment present", "Presenza di apparecchi elettromedicali" } },
  { POSA_OUTCOME_READING_IMPOSSIBLE, { "Reading impossible", "Lettura impossibile" } },
  { POSA_OUTCOME_NEW_METER_FAULTY, { "New meter faulty", "Contatore nuovo guasto" } },
  { POSA_OUTCOME_WIRING_REVERSED,
    { "Phase and neutral reversed", "Inversione fase-neutro non sanabile" } },
  { POSA_OUTCOME_FORCE_MAJEURE,
    { "Weather or force majeure", "Maltempo o causa di forza maggiore" } },
  { POSA_OUTCOME_MATERIAL_MISSING, { "Material missing", "Materiale mancante" } },
  { POSA_OUTCOME_RESTORED_OLD,
    { "Interrupted, old meter restored", "Interrotto, ripristinato il contatore presente" } },
  { POSA_OUTCOME_MADE_SAFE,
    { "Made safe, left without supply", "Messo in sicurezza, lasciato senza fornitura" } },
};

static const Words kinds[POSA_N_METER_KINDS] = {
  [POSA_METER_KIND_M1] = { "1G, single-phase", "1G, monofase" },
  [POSA_METER_KIND_M1B] = { "1G, single-phase, bidirectional", "1G, monofase bidirezionale" },
  [POSA_METER_KIND_M3] = { "1G, three-phase", "1G, trifase" },
  [POSA_METER_KIND_M3B] = { "1G, three-phase, bidirectional", "1G, trifase bidirezionale" },
  [POSA_METER_KIND_G2_SINGLE] = { "2G, single-phase", "2G, monofase" },
  [POSA_METER_KIND_G2_THREE] = { "2G, three-phase", "2G, trifase" },
  [POSA_METER_KIND_GENERIC] = { "any meter", "contatore generico" },
};

static const struct
{
  const char *unit;
  Words words;
} quantities[POSA_N_QUANTITIES] = {
  [POSA_QUANTITY_ACTIVE_IMPORT] = { "kWh",
                                    { "Active energy drawn A+", "Energia attiva prelevata A+" } },
  [POSA_QUANTITY_ACTIVE_EXPORT] = { "kWh",
                                    { "Active energy fed in A−", "Energia attiva immessa A−" } },
  [POSA_QUANTITY_REACTIVE_IMPORT] = { "kvarh",
                                      { "Reactive energy drawn R+",
                                        "Energia reattiva prelevata R+" } },
  [POSA_QUANTITY_REACTIVE_EXPORT] = { "kvarh",
                                      { "Reactive energy fed in R−",
                                        "Energia reattiva immessa R−" } },
  [POSA_QUANTITY_MAX_DEMAND_IMPORT] = { "kW",
                                        { "Maximum power, 15 min", "Potenza massima, 15 min" } },
};

static const struct
{
  const char *name;
  Words words;
} parameters[] = {
  { "clock", { "Clock", "Orologio" } },
  { "contract_power", { "Contractual power", "Potenza impegnata" } },
  { "limiter", { "Supply limiter", "Limitatore di potenza" } },
  { "tariff_table", { "Tariff table", "Tabella oraria" } },
  { "special_days", { "Holidays", "Giorni festivi" } },
  { "customer_number", { "Customer number", "Numero cliente" } },
  { "supply", { "Supply relay", "Interruttore di fornitura" } },
};

/* What numbers of PosaVerifiedValue count. */
static const Words counts[] = {
  { " switch times", " cambi di fascia" },
  { " days of every year", " giorni di ogni anno" },
  { " single days", " giorni singoli" },
};

/* Words of which the driver makes the texts of PosaVerifiedValue. */
static const Words states[] = {
  { "on", "attivo" },
  { "off", "non attivo" },
  { "connected", "chiuso" },
  { "disconnected", "aperto" },
  { "ready for reconnection", "pronto alla richiusura" },
};

PosaReportLanguage
posa_report_language_from_locale (const char *locale)
{
  return locale != NULL && g_str_has_prefix (locale, "it") ? POSA_LANGUAGE_IT : POSA_LANGUAGE_EN;
}

const char *
posa_report_language_get_tag (PosaReportLanguage self)
{
  return self == POSA_LANGUAGE_IT ? "it" : "en";
}

const char *
posa_report_text (PosaReportLanguage self, PosaReportText text)
{
  return texts[text][self];
}

const char *
posa_report_text_outcome (PosaReportLanguage self, PosaOutcome outcome)
{
  for (guint i = 0; i < G_N_ELEMENTS (outcomes); i++)
    if (outcomes[i].code == outcome)
      return outcomes[i].words[self];
  return "";
}

const char *
posa_report_text_kind (PosaReportLanguage self, PosaMeterKind kind)
{
  return kinds[kind][self];
}

const char *
posa_report_text_quantity (PosaReportLanguage self, PosaQuantity quantity)
{
  return quantities[quantity].words[self];
}

const char *
posa_report_text_parameter (PosaReportLanguage self, const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (parameters); i++)
    if (g_strcmp0 (parameters[i].name, name) == 0)
      return parameters[i].words[self];
  return name;
}

const char *
posa_report_text_unit (PosaQuantity quantity)
{
  return quantities[quantity].unit;
}

/* @magnitude with a separator between every three digits. */
static void
append_grouped (GString *out, PosaReportLanguage language, guint64 magnitude)
{
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, magnitude);
  gsize n = strlen (digits);

  for (gsize i = 0; i < n; i++)
    {
      if (i > 0 && (n - i) % 3 == 0)
        g_string_append_c (out, language == POSA_LANGUAGE_IT ? '.' : ',');
      g_string_append_c (out, digits[i]);
    }
}

static guint64
get_magnitude (gint64 value)
{
  return value < 0 ? (guint64) 0 - (guint64) value : (guint64) value;
}

char *
posa_report_format_integer (PosaReportLanguage self, gint64 value)
{
  GString *out = g_string_new (value < 0 ? "−" : NULL);

  append_grouped (out, self, get_magnitude (value));
  return g_string_free_and_steal (out);
}

/* As many decimals of the thousandfold unit as the meter gave, and all of them when the value has
 * more than its resolution says: nothing that was read is ever rounded away. */
static guint
count_decimals (const PosaRegister *value)
{
  guint decimals = 3;
  gint64 weight = 10;

  while (decimals > 0 && weight <= value->resolution && value->value % weight == 0)
    {
      decimals--;
      weight *= 10;
    }
  return decimals;
}

char *
posa_report_format_value (PosaReportLanguage self, const PosaRegister *value)
{
  static const guint divisors[] = { 1000, 100, 10, 1 };
  GString *out = g_string_new (value->value < 0 ? "−" : NULL);
  guint64 magnitude = get_magnitude (value->value);
  guint decimals = count_decimals (value);

  append_grouped (out, self, magnitude / 1000);
  if (decimals > 0)
    g_string_append_printf (out, "%c%0*u", self == POSA_LANGUAGE_IT ? ',' : '.', (int) decimals,
                            (guint) (magnitude % 1000) / divisors[decimals]);
  return g_string_free_and_steal (out);
}

/* "2026-11-21T10:15:30.250+01:00"; NULL for no time and for what no report can mean. */
static char *
format_iso (gint64 us)
{
  const gint64 year_2200 = G_GINT64_CONSTANT (7258118400) * G_USEC_PER_SEC;

  return us > 0 && us < year_2200 ? posa_time_format (us) : NULL;
}

char *
posa_report_format_date (PosaReportLanguage self, gint64 us)
{
  static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  g_autofree char *iso = format_iso (us);

  if (iso == NULL)
    return g_strdup ("–");
  if (self == POSA_LANGUAGE_IT)
    return g_strdup_printf ("%.2s/%.2s/%.4s", iso + 8, iso + 5, iso);
  guint day = (guint) g_ascii_strtoull (iso + 8, NULL, 10);
  guint month = (guint) g_ascii_strtoull (iso + 5, NULL, 10);
  return g_strdup_printf ("%u %s %.4s", day, months[(month + 11) % 12], iso);
}

char *
posa_report_format_time (gint64 us)
{
  g_autofree char *iso = format_iso (us);

  return iso != NULL ? g_strndup (iso + 11, 8) : g_strdup ("–");
}

char *
posa_report_format_duration (gint64 seconds)
{
  if (seconds >= 3600)
    return g_strdup_printf ("%" G_GINT64_FORMAT " h %02d min %02d s", seconds / 3600,
                            (int) (seconds / 60 % 60), (int) (seconds % 60));
  if (seconds >= 60)
    return g_strdup_printf ("%d min %02d s", (int) (seconds / 60), (int) (seconds % 60));
  return g_strdup_printf ("%d s", (int) seconds);
}

char *
posa_report_format_drift (PosaReportLanguage self, gint64 seconds)
{
  g_autofree char *number = posa_report_format_integer (self, seconds);

  return g_strdup_printf ("%s%s s", seconds > 0 ? "+" : "", number);
}

/* A time at the start of @part in the page's form, the rest as it is; NULL when there is none. */
static char *
format_leading_time (PosaReportLanguage self, const char *part)
{
  const gsize length = strcspn (part, " ");
  g_autofree char *iso = g_strndup (part, length);
  gint64 us = length > 16 ? posa_time_parse (iso, NULL) : -1;

  if (us <= 0)
    return NULL;
  g_autofree char *date = posa_report_format_date (self, us);
  g_autofree char *time = posa_report_format_time (us);
  g_autofree char *rest = g_strdup (part + length); /* " (-17.0 s)" */
  if (self == POSA_LANGUAGE_IT)
    g_strdelimit (rest, ".", ',');
  return g_strdup_printf ("%s, %s%s", date, time, rest);
}

static char *
format_part (PosaReportLanguage self, const char *part)
{
  char *time = format_leading_time (self, part);

  if (time != NULL)
    return time;
  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    if (g_str_has_suffix (part, counts[i][POSA_LANGUAGE_EN]))
      return g_strdup_printf ("%.*s%s",
                              (int) (strlen (part) - strlen (counts[i][POSA_LANGUAGE_EN])), part,
                              counts[i][self]);
  if (self == POSA_LANGUAGE_IT && g_str_has_prefix (part, "to "))
    return g_strconcat ("fino al ", part + strlen ("to "), NULL);
  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_str_equal (states[i][POSA_LANGUAGE_EN], part))
      return g_strdup (states[i][self]);
  return g_strdup (part);
}

char *
posa_report_format_parameter_value (PosaReportLanguage self, const char *value)
{
  if (value == NULL || *value == '\0')
    return g_strdup ("–");
  g_auto (GStrv) parts = g_strsplit (value, ", ", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    {
      char *formatted = format_part (self, parts[i]);
      g_free (parts[i]);
      parts[i] = formatted;
    }
  return g_strjoinv (", ", parts);
}
