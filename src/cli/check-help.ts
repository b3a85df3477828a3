/** What `check --help` prints. */
export const CHECK_HELP = `Usage: checkpoint-agent check [options]

Asks the running agent about stale checkpoints, as a plugin for Nagios, Icinga, Checkmk and their like.
Exit code: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN; CRITICAL before UNKNOWN before WARNING.
What was not looked at, or too long ago, is UNKNOWN. Without -w and -c the rules of the agent decide.

  -w, --warning RANGE    warn outside the range; judged for each VM, instead of the agent's rules
  -c, --critical RANGE   critical outside the range
      --metric METRIC    what -w and -c mean: age (default; oldest user checkpoint of the VM),
                         size (all its AVHDX files) or count (its checkpoints, replica points left out)
      --vm PATTERN       only VMs with this name or id; * and ?; may be repeated. A VM that is not there is UNKNOWN
      --host PATTERN     only hosts with this name; * and ?; may be repeated
      --max-age TIME     older scans are UNKNOWN (default: three scan intervals)
      --max-lines N      lines below the first at most (default: 20)
      --perfdata-per-vm  performance data of each VM as well; replica points are counted nowhere
  -v, --verbose          infos and advice too; twice: every VM
      --url ADDRESS      the agent's address (default: CHECKPOINT_AGENT_URL, else http://127.0.0.1:9753)
  -t, --timeout TIME     wait for the agent at most this long (1s to 10m; default: 9s; plain numbers are seconds)
  -h, --help             this text
  -V, --version          the version

Ranges: 3d (above), 10: (below), ~:10, 1d12h:7d (outside), @10:20 (inside). Ages 36h, 3d; sizes 50GiB, 10GB.

  checkpoint-agent check
  checkpoint-agent check --vm SQL01 -w 3d -c 7d
  checkpoint-agent check --metric size -w 50GiB -c 200GiB --host hv01
`;
