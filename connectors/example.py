"""The settings file that `connector init` writes: every key, with its meaning."""

EXAMPLE = """\
# Settings of one connector. Paths are relative to this file. Check it with: crosswalk connector validate connector.yaml

organisation: oakfield-primary    # as in the partnership's directory
agency: schools                   # schools, social-care, police, health or education
system: cpoms                     # name of your own system; part of every id: never change it
bootstrap: 127.0.0.1:9092         # the broker, host:port, several with commas between them
key_file: connector.key           # made by `connector init`; keep a copy: without it the spool cannot be read
state: state                      # spool, lock and health; on a local disk
deliver_to: view                  # where what you may see is written, one JSON file an exchange; leave out to only send
front_door_phone: 01632 960100    # shown when a referral could not be sent within 15 minutes
may_seal: false                   # true for social care, police and health bodies that may restrict

intake:                           # folders into which your system exports
  - folder: drop
    formats: [schools-concerns]   # one format a folder; see `crosswalk translate --help`
    settle_seconds: 2             # how long a file must not have changed
    after: keep                   # keep: read files go to done/; delete: they are removed
    # persons: ssd_person.csv     # social care, when exports are not joined with the person table

# reactions:                      # what this connector does by itself
#   - {name: rolls, folder: rolls, directory: directory.yaml}   # education service: answers where a child is registered
#   - {name: plan-flags, callback: 01632 960300}                # trust: lets attendances of flagged children go

# security:                       # how the broker is reached
#   protocol: SASL_SSL            # PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL
#   mechanism: SCRAM-SHA-512
#   username: oakfield-primary
#   password: file:broker.password   # file:PATH or env:NAME, never the password itself
#   ca_file: ca.pem

poll_seconds: 1                   # how often folders are looked at
max_spool_mb: 512                 # beyond it intake waits, sending goes on
gap_wait_seconds: 30              # how long later deliveries of a child wait for a missing earlier one
witness_seconds: 30               # how often the broker's record is witnessed (cosigned) at most; 0: never
# broker_key: crosswalk+1f66...   # the broker's public key as its operator told you: crosswalk ledger key
"""
