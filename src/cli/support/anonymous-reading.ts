import type { Aliases } from '../../collector/aliases.ts';
import { anonymiseError } from '../../collector/anonymise.ts';
import type { Checkpoint, Disk, DiskFile, HostFacts, HostReading, Vm, Volume } from '../../core/model.ts';

/**
 * A reading without names, paths and notes, as `capture --anonymise` leaves them out. Every field is named here: one that
 * is added to the model is a compile error, and nothing comes through unseen.
 */
export function anonymousReading(reading: HostReading, aliases: Aliases): HostReading {
  const { status, readAt, hostClockAt, durationMs, collector } = reading;
  return {
    status,
    host: aliases.name('host', reading.host),
    readAt,
    hostClockAt,
    durationMs,
    facts: anonymousFacts(reading.facts, aliases),
    collector: {
      powershell: collector.powershell,
      edition: collector.edition,
      languageMode: collector.languageMode,
      elevated: collector.elevated,
      module: collector.module,
      timingsMs: collector.timingsMs,
    },
    vms: reading.vms.map((vm) => anonymousVm(vm, aliases)),
    files: reading.files.map((file) => anonymousFile(file, aliases)),
    volumes: reading.volumes.map((volume) => anonymousVolume(volume, aliases)),
    errors: reading.errors.map((error) => anonymiseError(error, aliases)),
  };
}

function anonymousFacts(facts: HostFacts, aliases: Aliases): HostFacts {
  const { osBuild, timeZone, utcOffsetMin, cluster, hintedVms } = facts;
  return {
    name: aliases.name('host', facts.name),
    fqdn: facts.fqdn === null ? null : aliases.name('fqdn', facts.fqdn),
    osBuild,
    timeZone,
    utcOffsetMin,
    cluster:
      cluster === null
        ? null
        : {
            id: cluster.id === null ? null : aliases.guid(cluster.id),
            name: aliases.name('cluster', cluster.name),
            node: aliases.name('host', cluster.node),
          },
    hintedVms,
  };
}

function anonymousVm(vm: Vm, aliases: Aliases): Vm {
  return {
    id: aliases.guid(vm.id),
    name: aliases.name('vm', vm.name),
    state: vm.state,
    operationalStatus: vm.operationalStatus,
    replicationMode: vm.replicationMode,
    generation: vm.generation,
    isClustered: vm.isClustered,
    checkpointType: vm.checkpointType,
    automaticCheckpoints: vm.automaticCheckpoints,
    guestProductType: vm.guestProductType,
    notes: vm.notes === null ? null : aliases.name('notes', vm.notes),
    parentCheckpointId: vm.parentCheckpointId === null ? null : aliases.guid(vm.parentCheckpointId),
    disks: anonymousDisks(vm.disks, aliases),
    checkpoints: vm.checkpoints?.map((checkpoint) => anonymousCheckpoint(checkpoint, aliases)) ?? null,
    errors: vm.errors.map((error) => anonymiseError(error, aliases)),
  };
}

function anonymousCheckpoint(checkpoint: Checkpoint, aliases: Aliases): Checkpoint {
  const { id, name, type, kind, parentId, createdAt, hasMemory, notes, systemBytes, disks } = checkpoint;
  return {
    id: aliases.guid(id),
    name: aliases.name('checkpoint', name),
    type,
    kind,
    parentId: parentId === null ? null : aliases.guid(parentId),
    createdAt,
    hasMemory,
    notes: notes === null ? null : aliases.name('notes', notes),
    systemBytes,
    disks: anonymousDisks(disks, aliases),
  };
}

function anonymousDisks(disks: readonly Disk[] | null, aliases: Aliases): readonly Disk[] | null {
  return (
    disks?.map(({ slot, kind, path, shared }) => ({
      slot,
      kind,
      path: path === null ? null : aliases.path(path),
      shared,
    })) ?? null
  );
}

function anonymousFile(file: DiskFile, aliases: Aliases): DiskFile {
  const { path, type, fileBytes, virtualBytes, parent, lastWriteAt, error } = file;
  return {
    path: aliases.path(path),
    type,
    fileBytes,
    virtualBytes,
    parent: parent.known
      ? { known: true, path: parent.path === null ? null : aliases.path(parent.path) }
      : parent,
    lastWriteAt,
    error: error === null ? null : anonymiseError(error, aliases),
  };
}

function anonymousVolume(volume: Volume, aliases: Aliases): Volume {
  const { root, fileSystem, totalBytes, freeBytes, error } = volume;
  return {
    root: aliases.path(root),
    fileSystem,
    totalBytes,
    freeBytes,
    error: error === null ? null : anonymiseError(error, aliases),
  };
}
