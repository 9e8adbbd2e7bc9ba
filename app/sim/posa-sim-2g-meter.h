/* SPDX-License-Identifier: GPL-3.0-or-later
 * Copyright 2026 The Posa authors */
#pragma once

#include "meter/codec/posa-cosem-time.h"
#include "sim/posa-sim-cosem.h"
#include "sim/posa-sim-model.h"
#include "sim/posa-sim-security.h"

G_BEGIN_DECLS

/* What is in a simulated 2G meter, single-phase or three-phase, without any protocol.
 * Delivered as from the factory: relay open, no customer number, clock in UTC without summer time,
 * a calendar of its own, limiter at 1000 W, registers not at zero. */

/* Misbehaviour to order: --set fault=NAME[:ARGUMENT] */
typedef enum
{
  POSA_SIM_FAULT_NONE,
  POSA_SIM_FAULT_NO_CLOSE,        /* the relay does not close, and says it did */
  POSA_SIM_FAULT_NO_WRITE,        /* :OBIS  a write is confirmed and not done */
  POSA_SIM_FAULT_DENY_WRITE,      /* :OBIS  read-write denied */
  POSA_SIM_FAULT_WEAK_ANSWER,     /* answers in plain where ciphered ones are due */
  POSA_SIM_FAULT_REPLAY,          /* sends an old answer again */
  POSA_SIM_FAULT_BAD_TAG,         /* the authentication tag is wrong */
  POSA_SIM_FAULT_WRONG_INVOKE,    /* the answer to another question */
  POSA_SIM_FAULT_REFLECT,         /* its challenge is the client's own */
  POSA_SIM_FAULT_GENERAL_GLO,     /* no fault: general ciphering, as some meters do */
  POSA_SIM_FAULT_NOTIFY,          /* a notification comes before each answer */
  POSA_SIM_FAULT_TEMPORARY,       /* every seventh attribute cannot be read for the moment */
  POSA_SIM_FAULT_NO_LIST,         /* no fault: GET with list is not granted */
  POSA_SIM_FAULT_REFUSE_LIST,     /* GET with list is granted, and refused */
  POSA_SIM_FAULT_TRAILING,        /* bytes behind the data, as a server in the field */
  POSA_SIM_FAULT_KEYS_LATE,       /* no fault: new keys are in force from the next association on */
  POSA_SIM_FAULT_KEYS_LOST,       /* the head slips once new keys have come, before the answer */
  POSA_SIM_FAULT_WEAK_CONTROL,    /* answers are ciphered, not authenticated */
  POSA_SIM_FAULT_OTHER_SUITE,     /* answers say that they are of another suite */
  POSA_SIM_FAULT_OTHER_TITLE,     /* answers are in the name of another meter */
  POSA_SIM_FAULT_PLAIN_INITIATE,  /* the AARE's user information is not ciphered */
  POSA_SIM_FAULT_PLAIN_CONTEXT,   /* the AARE is for the context without ciphering */
  POSA_SIM_FAULT_OTHER_MECHANISM, /* the AARE names the password */
  POSA_SIM_FAULT_SHORT_CHALLENGE, /* of four bytes */
  POSA_SIM_FAULT_REFLECT_TITLE,   /* its title is the client's own */
  POSA_SIM_FAULT_NO_PROOF,        /* pass 4 has no proof */
  POSA_SIM_FAULT_WRONG_PROOF,     /* pass 4 has a wrong one */
  POSA_SIM_FAULT_COUNTER_ZERO,    /* its counter starts at 0 in every association */
  POSA_SIM_FAULT_COUNTER_JUMP,    /* it expects a counter near the end */
  POSA_SIM_FAULT_VERSION,         /* no fault: the AARE spells the protocol version out */
  POSA_SIM_FAULT_BAD_RELEASE,     /* the RLRE has wrong lengths inside */
  POSA_SIM_FAULT_LATE,            /* :N  every Nth frame comes after the client's patience */
  POSA_SIM_FAULT_RESTART,         /* :N  at the Nth frame of the meter its power fails, once */
  POSA_SIM_FAULT_LOSE,            /* :N  every Nth frame of the meter is lost */
  POSA_SIM_FAULT_DEAF,            /* :N  every Nth frame of the client is lost */
  POSA_SIM_FAULT_LONG,            /* :N  frames of more than N bytes are damaged */
  POSA_SIM_N_FAULTS
} PosaSimFault;

/* control_state of the supply relay */
enum
{
  POSA_SIM_RELAY_DISCONNECTED,
  POSA_SIM_RELAY_CONNECTED,
  POSA_SIM_RELAY_READY /* for the button */
};

typedef struct
{
  char *serial;
  char *name; /* logical device name */
  guint64 seed;
  PosaSimSecurity security;
  guint16 max_info, max_pdu;
  guint32 conformance; /* offered to the installer */
  guint baud;          /* of the line */
  guint8 public_sap, installer_sap;
  guint16 logical_device, physical_device; /* HDLC address */
  guint inactivity_s;
  gint64 reaction_us;  /* from the end of a request to the first byte of the answer, with pace */
  gint64 power_scaler; /* of the power that the limiter watches */
  PosaSimFault fault;
  PosaObis fault_obis;
  guint fault_every;
  gint64 clock_offset_us; /* of the meter's clock from the machine's */
  gint64 relay_due_us;    /* monotonic time when the drive has moved; 0 at rest */
  gboolean relay_wanted;
  gint64 preset_us, preset_from_us, preset_to_us; /* of adjust_to_preset_time(); 0 none */
  gboolean three_phase;
  PosaMeterKeys next_keys; /* transferred, and not yet in force */
  gboolean has_next_keys;
  PosaDlmsAgreement next_agreement; /* the same of a stronger policy */
  gboolean has_next_agreement;
  GByteArray *image;        /* firmware as far as it has come */
  GByteArray *image_name;   /* its identification */
  GByteArray *image_blocks; /* a byte a block: 1 it has come */
  gboolean profile_nulls;   /* what repeats is null in the rows of a profile */
  guint n_associations, n_refused, n_writes, n_relay_moves, n_relay_orders, n_key_transfers;
  PosaSimCosem *cosem;
} PosaSimMeter;

PosaSimMeter *posa_sim_meter_new (const PosaSimSetup *setup, GError **error);
void posa_sim_meter_free (PosaSimMeter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (PosaSimMeter, posa_sim_meter_free)
void posa_sim_meter_dump (PosaSimMeter *self, JsonBuilder *builder);

/* The meter's idea of the present, µs UTC. */
gint64 posa_sim_meter_get_time (PosaSimMeter *self);
/* @wall_us as the clock shows it, with the zone and summer time that are set: of summer time it
 * knows the European rule only. */
PosaCosemTime posa_sim_meter_stamp (PosaSimMeter *self, gint64 wall_us);

/* The services behind the protocol; results are data-access-results. @selection is the parameter of
 * selective access by @selector, NULL for the whole attribute. */
guint8 posa_sim_meter_read (PosaSimMeter *self,
                            PosaSimAccess access,
                            PosaCosemTarget target,
                            guint8 selector,
                            const PosaCosemValue *selection,
                            PosaCosemValue **value);
guint8 posa_sim_meter_write (PosaSimMeter *self,
                             PosaSimAccess access,
                             PosaCosemTarget target,
                             const PosaCosemValue *value);
guint8 posa_sim_meter_act (PosaSimMeter *self,
                           PosaSimAccess access,
                           PosaCosemTarget target,
                           const PosaCosemValue *parameter);

G_END_DECLS
