/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#include "posa-config.h"

#include "flow/posa-flow-table.h"
#include "gtk/posa-closures.h"
#include "gtk/posa-number-pad.h"
#include "gtk/posa-primary-button.h"
#include "gtk/posa-progress-view.h"
#include "gtk/posa-reason-entry.h"
#include "gtk/posa-row.h"
#include "gtk/posa-step-pages.h"
#include "gtk/posa-step-picture.h"
#include "gtk/posa-touch.h"
#include "gtk/posa-zone-bar.h"

#include <math.h>

/* Lets the main loop work off what is pending, for @ms at most. */
static void
spin (guint ms)
{
  gint64 end = g_get_monotonic_time () + ms * 1000;

  do
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (1000);
    }
  while (g_get_monotonic_time () < end);
}

static GtkWidget *
present (GtkWidget *child)
{
  GtkWidget *window = gtk_window_new ();
  g_autoptr (GSettings) settings = g_settings_new (POSA_APP_ID);

  posa_touch_attach (GTK_WINDOW (window), settings);
  gtk_window_set_child (GTK_WINDOW (window), child);
  gtk_window_present (GTK_WINDOW (window));
  spin (200);
  return window;
}

/* The first widget of @type below @root whose label is @label (NULL: any). */
static GtkWidget *
find (GtkWidget *root, GType type, const char *label)
{
  if (g_type_is_a (G_OBJECT_TYPE (root), type))
    {
      g_autofree char *own = NULL;

      if (label != NULL)
        g_object_get (root, "label", &own, NULL);
      if (g_strcmp0 (own, label) == 0)
        return root;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type, label);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
test_density (void)
{
  /* A 10.1-inch tablet of 1920x1200 at scale 2 (960 pixels), 217 mm wide. */
  g_assert_cmpfloat_with_epsilon (posa_touch_get_density (960, 217), 4.424, 0.001);
  /* A 7-inch tablet, 600x1024 upright, 90 mm. */
  g_assert_cmpfloat_with_epsilon (posa_touch_get_density (600, 90), 6.667, 0.001);
  /* Monitors that do not know or lie: 96 dpi. */
  g_assert_cmpfloat_with_epsilon (posa_touch_get_density (1280, 0), 96 / 25.4, 0.001);
  g_assert_cmpfloat_with_epsilon (posa_touch_get_density (1920, 16), 96 / 25.4, 0.001);
  g_assert_cmpfloat_with_epsilon (posa_touch_get_density (640, 1600), 96 / 25.4, 0.001);
  /* field-work.md 7.5 */
  g_assert_cmpint (posa_touch_to_px (posa_touch_get_density (960, 217), 19), ==, 85);
  g_assert_cmpint (posa_touch_to_px (1280 / 172.0, 19), ==, 142);
}

/* The primary button measures 19 mm or more at every density and text size. */
static void
test_primary_height (void)
{
  static const double densities[] = { 96 / 25.4, 4.424, 6.667, 7.44 };

  for (gsize i = 0; i < G_N_ELEMENTS (densities); i++)
    {
      PosaPrimaryButton *button =
          g_object_new (POSA_TYPE_PRIMARY_BUTTON, "label", "Read the Meter", NULL);
      g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();
      g_autofree char *css = posa_touch_build_css (densities[i], POSA_TOUCH_NORMAL, 1.0);
      GtkWidget *window = present (GTK_WIDGET (button));

      gtk_css_provider_load_from_string (provider, css);
      gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                                  GTK_STYLE_PROVIDER (provider),
                                                  GTK_STYLE_PROVIDER_PRIORITY_USER);
      spin (200);
      g_assert_cmpfloat (gtk_widget_get_height (find (GTK_WIDGET (button), GTK_TYPE_BUTTON, NULL)) /
                             densities[i],
                         >=, POSA_TOUCH_PRIMARY_MM);
      gtk_style_context_remove_provider_for_display (gdk_display_get_default (),
                                                     GTK_STYLE_PROVIDER (provider));
      gtk_window_destroy (GTK_WINDOW (window));
    }
}

static double
luminance (const char *hex)
{
  double sum = 0;
  static const double weights[] = { 0.2126, 0.7152, 0.0722 };

  for (int i = 0; i < 3; i++)
    {
      g_autofree char *pair = g_strndup (hex + 1 + 2 * i, 2);
      double channel = (double) g_ascii_strtoull (pair, NULL, 16) / 255;

      sum += weights[i] *
             (channel <= 0.04045 ? channel / 12.92 : pow ((channel + 0.055) / 1.055, 2.4));
    }
  return sum;
}

/* Contrast of WCAG 2 between the pair --posa-NAME-bg, --posa-NAME-fg of a block of the style sheet.
 */
static double
contrast (const char *block, const char *name)
{
  double values[2];
  static const char *const sides[] = { "bg", "fg" };

  for (int i = 0; i < 2; i++)
    {
      g_autofree char *key = g_strdup_printf ("--posa-%s-%s: #", name, sides[i]);
      const char *at = strstr (block, key);

      g_assert_nonnull (at);
      values[i] = luminance (at + strlen (key) - 1);
    }
  return (MAX (values[0], values[1]) + 0.05) / (MIN (values[0], values[1]) + 0.05);
}

static void
test_contrast (void)
{
  static const char *const names[] = { "green", "amber", "red", "alarm", "main" };
  g_autoptr (GBytes) css =
      g_resources_lookup_data ("/org/posa/Posa/style.css", G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  const char *text = g_bytes_get_data (css, NULL);
  const char *sun = strstr (text, ":root.sun {");

  g_assert_nonnull (sun);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_assert_cmpfloat (contrast (text, names[i]), >=, 7.0);
      g_assert_cmpfloat (contrast (sun, names[i]), >=, 12.0);
    }
  g_assert_cmpfloat (contrast (sun, "sheet"), >=, 12.0);
}

static void
test_closures (void)
{
  static const struct
  {
    gint64 seconds;
    const char *text;
  } times[] = { { 0, "0:00" }, { 41, "0:41" }, { 60, "1:00" }, { 725, "12:05" }, { -3, "0:00" } };
  g_autofree char *step = posa_closure_step (NULL, 4, 15);
  g_autofree char *aside = posa_closure_step (NULL, 0, 15);
  g_autofree char *known = posa_closure_reading_detail (NULL, "1 kWh", "2 kWh");
  g_autofree char *unknown = posa_closure_reading_detail (NULL, "", "");
  g_autofree char *one = posa_closure_unsent (NULL, 1);
  g_autofree char *none = posa_closure_unsent (NULL, 0);

  for (gsize i = 0; i < G_N_ELEMENTS (times); i++)
    {
      g_autofree char *text = posa_closure_dark_time (NULL, times[i].seconds);
      g_assert_cmpstr (text, ==, times[i].text);
    }
  g_assert_cmpstr (step, ==, "Step 4 of 15");
  g_assert_cmpstr (aside, ==, "");
  g_assert_cmpstr (known, ==, "Last known 1 kWh, difference 2 kWh");
  g_assert_cmpstr (unknown, ==, "");
  g_assert_cmpstr (one, ==, "Delivery: 1 not received yet");
  g_assert_cmpstr (none, ==, "Delivery: all received");
  g_assert_false (posa_closure_has_text (NULL, NULL));
  g_assert_false (posa_closure_has_items (NULL, NULL));
}

/* Zones differ by word, by meaning and by the shape of the icon, not by colour alone. */
static void
test_zones_differ (void)
{
  static const char *const zones[] = { "green", "amber", "red" };
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gdk_display_get_default ());

  gtk_icon_theme_add_resource_path (theme, "/org/posa/Posa/icons");
  for (gsize i = 0; i < G_N_ELEMENTS (zones); i++)
    {
      char *icon = posa_closure_zone_icon (NULL, zones[i]);

      g_assert_true (gtk_icon_theme_has_icon (theme, icon));
      g_assert_true (g_hash_table_add (seen, icon));
      g_assert_true (g_hash_table_add (seen, posa_closure_zone_name (NULL, zones[i])));
      g_assert_true (g_hash_table_add (seen, posa_closure_zone_meaning (NULL, zones[i])));
    }
}

static void
test_alarm (void)
{
  g_assert_cmpstr (posa_zone_bar_get_alarm (0), ==, "");
  g_assert_cmpstr (posa_zone_bar_get_alarm (119), ==, "");
  g_assert_cmpstr (posa_zone_bar_get_alarm (120), ==, "late");
  g_assert_cmpstr (posa_zone_bar_get_alarm (179), ==, "late");
  g_assert_cmpstr (posa_zone_bar_get_alarm (180), ==, "alarm");
}

/* Every page of the flow table has a template, every state that has one its pictogram. */
static void
test_pages (void)
{
  for (guint state = 0; state < POSA_N_FLOW_STATES; state++)
    {
      const PosaFlowStateInfo *info = posa_flow_state_get_info (state);
      gsize size = 0;

      if (!posa_step_pages_know (info->page))
        g_error ("state %s: no template for page %s", info->nick, info->page);
      g_assert_true (g_resources_get_info (posa_step_picture_get_resource (info->nick),
                                           G_RESOURCE_LOOKUP_FLAGS_NONE, &size, NULL, NULL));
      g_assert_cmpuint (size, >, 0);
    }
}

static void
count_cb (int *count)
{
  (*count)++;
}

static void
test_primary_button (void)
{
  PosaPrimaryButton *button = g_object_new (POSA_TYPE_PRIMARY_BUTTON, "label", "Sign", NULL);
  GtkWidget *window = present (GTK_WIDGET (button));
  int count = 0;

  g_signal_connect_swapped (button, "activated", G_CALLBACK (count_cb), &count);
  g_signal_emit_by_name (find (GTK_WIDGET (button), GTK_TYPE_BUTTON, NULL), "clicked");
  g_assert_cmpint (count, ==, 1);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* A dangerous action is not done by one short press: the press asks, the first answer is "back". */
static void
test_guarded_button (void)
{
  PosaPrimaryButton *button =
      g_object_new (POSA_TYPE_PRIMARY_BUTTON, "label", "Customer Is Off", "guarded", TRUE, NULL);
  GtkWidget *window = present (GTK_WIDGET (button));
  GtkWidget *stack = find (GTK_WIDGET (button), GTK_TYPE_STACK, NULL);
  int count = 0;

  g_signal_connect_swapped (button, "activated", G_CALLBACK (count_cb), &count);
  g_signal_emit_by_name (find (GTK_WIDGET (button), GTK_TYPE_BUTTON, NULL), "clicked");
  g_assert_cmpint (count, ==, 0);
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (stack)), ==, "two");
  GtkWidget *back =
      gtk_widget_get_ancestor (find (GTK_WIDGET (button), GTK_TYPE_LABEL, "No, go back"),
                               GTK_TYPE_BUTTON);
  g_assert_true (gtk_widget_has_focus (back));
  g_signal_emit_by_name (back, "clicked");
  g_assert_cmpstr (gtk_stack_get_visible_child_name (GTK_STACK (stack)), ==, "one");
  g_assert_cmpint (count, ==, 0);

  g_signal_emit_by_name (find (GTK_WIDGET (button), GTK_TYPE_BUTTON, NULL), "clicked");
  g_signal_emit_by_name (gtk_widget_get_next_sibling (back), "clicked");
  g_assert_cmpint (count, ==, 1);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
type_digits (GtkWidget *pad, const char *digits)
{
  for (; *digits != '\0'; digits++)
    {
      char label[] = { *digits, '\0' };

      g_signal_emit_by_name (find (pad, GTK_TYPE_BUTTON, label), "clicked");
    }
}

static void
test_number_pad (void)
{
  PosaNumberPad *pad = g_object_new (POSA_TYPE_NUMBER_PAD, NULL);
  GtkWidget *window = present (GTK_WIDGET (pad));
  GtkWidget *next = find (GTK_WIDGET (pad), GTK_TYPE_BUTTON, "Next");

  g_assert_false (gtk_widget_get_sensitive (next));
  type_digits (GTK_WIDGET (pad), "0405");
  g_signal_emit_by_name (next, "clicked");
  g_assert_cmpstr (posa_number_pad_get_text (pad), ==, "");
  type_digits (GTK_WIDGET (pad), "0406");
  g_signal_emit_by_name (next, "clicked");
  /* They differ: from the start. */
  g_assert_cmpstr (posa_number_pad_get_text (pad), ==, "");
  for (int i = 0; i < 2; i++)
    {
      type_digits (GTK_WIDGET (pad), "0405");
      g_signal_emit_by_name (next, "clicked");
    }
  g_assert_cmpstr (posa_number_pad_get_text (pad), ==, "0405");
  /* Another digit afterwards takes the agreement away. */
  type_digits (GTK_WIDGET (pad), "7");
  g_assert_cmpstr (posa_number_pad_get_text (pad), ==, "");
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_reasons (void)
{
  PosaReasonEntry *reason = g_object_new (POSA_TYPE_REASON_ENTRY, NULL);
  GtkWidget *window = present (GTK_WIDGET (reason));

  posa_reason_entry_set_topic (reason, "tamper");
  g_signal_emit_by_name (find (GTK_WIDGET (reason), GTK_TYPE_BUTTON, "Seal broken"), "clicked");
  g_assert_cmpstr (posa_reason_entry_get_text (reason), ==, "Seal broken");
  posa_reason_entry_set_topic (reason, "unheard-of");
  g_assert_null (find (GTK_WIDGET (reason), GTK_TYPE_BUTTON, NULL));
  gtk_window_destroy (GTK_WINDOW (window));
}

/* The bar follows the operation; what is behind stays readable; cancel reaches the operation. */
static void
test_progress (void)
{
  g_autoptr (PosaOperation) operation = posa_operation_new ("Read");
  PosaProgressView *view = g_object_new (POSA_TYPE_PROGRESS_VIEW, "operation", operation, NULL);
  GtkWidget *window = present (GTK_WIDGET (view));
  GtkWidget *bar = find (GTK_WIDGET (view), GTK_TYPE_PROGRESS_BAR, NULL);

  posa_operation_report (operation, 0.25, "%s", "1.8.0");
  spin (50);
  posa_operation_report (operation, 0.5, "%s", "1.8.1");
  spin (50);
  g_assert_cmpfloat_with_epsilon (gtk_progress_bar_get_fraction (GTK_PROGRESS_BAR (bar)), 0.5,
                                  0.001);
  g_assert_nonnull (find (GTK_WIDGET (view), GTK_TYPE_LABEL, "1.8.1"));
  g_assert_nonnull (
      find (find (GTK_WIDGET (view), GTK_TYPE_LIST_BOX, NULL), GTK_TYPE_LABEL, "1.8.0"));
  g_signal_emit_by_name (find (GTK_WIDGET (view), GTK_TYPE_BUTTON, "Stop"), "clicked");
  g_assert_true (g_cancellable_is_cancelled (posa_operation_get_cancellable (operation)));
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_rows (void)
{
  g_autoptr (PosaReadingRow)
      reading = g_object_new (POSA_TYPE_READING_ROW, "label", "A+ T1", "before", "1 kWh", "now",
                              "3 kWh", "delta", "2 kWh", "verdict", "stop", NULL);
  GtkWidget *row = posa_row_new_for_reading (reading);
  GtkWidget *list = gtk_list_box_new ();

  gtk_list_box_append (GTK_LIST_BOX (list), row);
  GtkWidget *window = present (list);
  g_assert_nonnull (find (row, GTK_TYPE_LABEL, "3 kWh"));
  g_assert_nonnull (find (row, GTK_TYPE_LABEL, "Last known 1 kWh, difference 2 kWh"));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (find (row, GTK_TYPE_IMAGE, NULL)), ==, "Stop");
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_autoptr (GtkCssProvider) style = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (style, "/org/posa/Posa/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (style),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);

  g_test_add_func ("/touch/density", test_density);
  g_test_add_func ("/touch/primary-height", test_primary_height);
  g_test_add_func ("/style/contrast", test_contrast);
  g_test_add_func ("/closures/table", test_closures);
  g_test_add_func ("/zone/differ", test_zones_differ);
  g_test_add_func ("/zone/alarm", test_alarm);
  g_test_add_func ("/step/pages", test_pages);
  g_test_add_func ("/primary-button/plain", test_primary_button);
  g_test_add_func ("/primary-button/guarded", test_guarded_button);
  g_test_add_func ("/number-pad/twice", test_number_pad);
  g_test_add_func ("/reason/usual", test_reasons);
  g_test_add_func ("/progress/follows", test_progress);
  g_test_add_func ("/row/reading", test_rows);
  return g_test_run ();
}
