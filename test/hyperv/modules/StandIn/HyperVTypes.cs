using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using CheckpointStandIn;

// Types of the Hyper-V module 2.0.0.0: names, .NET types and values as reflected from the real module in the test stub of
// dsccommunity/HyperVDsc; what the values mean is from Microsoft's documentation (MicrosoftDocs/win32, desktop-src/HyperV_v2).
// Every property is read from VMMS at the moment it is asked for, so each may fail.
namespace Microsoft.HyperV.PowerShell
{
    public enum CheckpointType { Disabled = 2, Production = 3, ProductionOnly = 4, Standard = 5 }

    public enum ControllerType { IDE = 0, SCSI = 1, PMEM = 2 }

    // 3 and 4 are missing because they are types of virtual machines.
    public enum SnapshotType { Standard = 0, Recovery = 1, Planned = 2, Missing = 5, Replica = 6, AppConsistentReplica = 7, SyncedReplica = 8 }

    public enum VirtualMachineType { RealizedVirtualMachine = 3, PlannedVirtualMachine = 4 }

    public enum VirtualMachineSubType { Unknown = 0, Generation1 = 1, Generation2 = 2 }

    public enum VMHeartbeatStatus
    {
        Unknown = 0, Disabled = 1, NoContact = 2, Error = 3, LostCommunication = 4, OkApplicationsUnknown = 5,
        OkApplicationsHealthy = 6, OkApplicationsCritical = 7, Paused = 8,
    }

    // ApplyingSnapshot is 32769 in WMI; the real enum has a slip of the pen here, so the WMI value has no name.
    public enum VMOperationalStatus
    {
        Ok = 2, Degraded = 3, PredictiveFailure = 5, InService = 11, Dormant = 15, SupportingEntityInError = 16,
        ApplyingSnapshot = 23769, CreatingSnapshot = 32768, DeletingSnapshot = 32770, WaitingToStart = 32771,
        MergingDisks = 32772, ExportingVirtualMachine = 32773, MigratingVirtualMachine = 32774,
        BackingUpVirtualMachine = 32776, ModifyingUpVirtualMachine = 32777, StorageMigrationPhaseOne = 32778,
        StorageMigrationPhaseTwo = 32779, MigratingPlannedVm = 32780, CheckingCompatibility = 32781,
        ApplicationCriticalState = 32782, CommunicationTimedOut = 32783, CommunicationFailed = 32784, NoIommu = 32785,
        NoIovSupportInNic = 32786, SwitchNotInIovMode = 32787, IovBlockedByPolicy = 32788,
        IovNoAvailResources = 32789, IovGuestDriversNeeded = 32790, CriticalIoError = 32795,
    }

    public enum VMReplicationHealthState { NotApplicable = 0, Normal = 1, Warning = 2, Critical = 3 }

    public enum VMReplicationMode { None = 0, Primary = 1, Replica = 2, TestReplica = 3, ExtendedReplica = 4 }

    public enum VMReplicationState
    {
        Disabled = 0, ReadyForInitialReplication = 1, InitialReplicationInProgress = 2, WaitingForInitialReplication = 3,
        Replicating = 4, PreparedForFailover = 5, FailedOverWaitingCompletion = 6, FailedOver = 7, Suspended = 8, Error = 9,
        WaitingForStartResynchronize = 10, Resynchronizing = 11, ResynchronizeSuspended = 12, RecoveryInProgress = 13,
        FailbackInProgress = 14, FailbackComplete = 15, WaitingForUpdateCompletion = 16, UpdateError = 17,
        WaitingForRepurposeCompletion = 18, PreparedForSyncReplication = 19, PreparedForGroupReverseReplication = 20,
        FiredrillInProgress = 21,
    }

    public enum VMState
    {
        Other = 1, Running = 2, Off = 3, Stopping = 4, Saved = 6, Paused = 9, Starting = 10, Reset = 11, Saving = 32773,
        Pausing = 32776, Resuming = 32777, FastSaved = 32779, FastSaving = 32780, ForceShutdown = 32781, ForceReboot = 32782,
        Hibernated = 32783, ComponentServicing = 32784, RunningCritical = 32785, OffCritical = 32786,
        StoppingCritical = 32787, SavedCritical = 32788, PausedCritical = 32789, StartingCritical = 32790,
        ResetCritical = 32791, SavingCritical = 32792, PausingCritical = 32793, ResumingCritical = 32794,
        FastSavedCritical = 32795, FastSavingCritical = 32796,
    }

    // What the cmdlets of Hyper-V throw. Identifiers and categories are those of recorded error records.
    public sealed class VirtualizationException : Exception
    {
        public string ErrorIdentifier { get; }
        public System.Management.Automation.ErrorCategory Category { get; }

        public VirtualizationException(string identifier, System.Management.Automation.ErrorCategory category, int hresult, string message)
            : base(message)
        {
            ErrorIdentifier = identifier;
            Category = category;
            HResult = hresult;
        }

        // Codes of virtual disks are 0xC03A..., from Microsoft docs: "System Error Codes", virtdisk.
        public static VirtualizationException Of(string kind, string path)
        {
            var subject = path == null ? "" : " '" + path + "'";
            return kind switch
            {
                "AccessDenied" => Make("AccessDenied", "PermissionDenied", 0x80070005, subject,
                    "You do not have the required permission to complete this task.",
                    "Sie verf\u00fcgen nicht \u00fcber die erforderliche Berechtigung f\u00fcr diese Aufgabe."),
                // Also what a stopped VMMS looks like, seen in reports of users.
                "ObjectNotFound" when path == null => Make("ObjectNotFound", "ObjectNotFound", 0x80041002, subject,
                    "Hyper-V did not find an object on computer '" + TheHost.Name + "'. Verify that the Virtual Machine Management service is running.",
                    "Hyper-V hat ein Objekt auf dem Computer \"" + TheHost.Name + "\" nicht gefunden."),
                "ObjectNotFound" => Make("ObjectNotFound", "ObjectNotFound", 0x80070002, subject,
                    "The system cannot find the file specified.", "Das System kann die angegebene Datei nicht finden."),
                // ObjectInUse with ResourceBusy: recorded in taliesins/terraform-provider-hyperv, #188.
                "ObjectInUse" => Make("ObjectInUse", "ResourceBusy", 0x80070020, subject,
                    "The operation cannot be performed while the object is in use.",
                    "Der Vorgang kann nicht ausgef\u00fchrt werden, w\u00e4hrend das Objekt verwendet wird."),
                "Corrupt" => Make("OperationFailed", "NotSpecified", 0x80070570, subject,
                    "The file or directory is corrupted and unreadable.", "Die Datei oder das Verzeichnis ist besch\u00e4digt und nicht lesbar."),
                "ParentMissing" => Make("OperationFailed", "NotSpecified", 0xC03A000D, subject,
                    "The chain of virtual hard disks is inaccessible: the parent of a differencing disk was not found.",
                    "Die Kette der virtuellen Festplatten ist nicht zug\u00e4nglich: das \u00fcbergeordnete Element fehlt."),
                "ParentMismatch" => Make("OperationFailed", "NotSpecified", 0xC03A000E, subject,
                    "The chain of virtual hard disks is corrupted: the identifiers of parent and differencing disk do not match.",
                    "Die Kette der virtuellen Festplatten ist besch\u00e4digt: die Bezeichner passen nicht zusammen."),
                "ParentAccessDenied" => Make("OperationFailed", "NotSpecified", 0xC03A0016, subject,
                    "The chain of virtual hard disks is inaccessible: access to the parent of a differencing disk was denied.",
                    "Die Kette der virtuellen Festplatten ist nicht zug\u00e4nglich: der Zugriff wurde verweigert."),
                "ChainCycle" => Make("OperationFailed", "NotSpecified", 0xC03A0018, subject,
                    "A differencing chain of virtual hard disks forms a cycle.", "Eine Kette von Differenzierungsdatentr\u00e4gern bildet einen Kreis."),
                _ => Make("OperationFailed", "NotSpecified", 0x80004005, subject, "The operation failed.", "Fehler bei dem Vorgang."),
            };
        }

        static VirtualizationException Make(string id, string category, uint code, string subject, string english, string german) =>
            new VirtualizationException(id, Enum.Parse<System.Management.Automation.ErrorCategory>(category), unchecked((int)code),
                TheHost.Say(english, german) + subject + " (0x" + code.ToString("X8") + ")");
    }

    // The tree of virtual machines, shared by all cmdlets.
    public static class Inventory
    {
        static readonly Lazy<VirtualMachine[]> vms = new Lazy<VirtualMachine[]>(() =>
            TheHost.Root.GetProperty("vms").EnumerateArray().Select(data => new VirtualMachine(data)).ToArray());
        static readonly Lazy<ILookup<Guid, VMSnapshot>> snapshots = new Lazy<ILookup<Guid, VMSnapshot>>(() =>
            vms.Value.SelectMany(vm => vm.Snapshots).ToLookup(snapshot => snapshot.Key));

        public static IEnumerable<VirtualMachine> Vms => vms.Value;
        public static IEnumerable<VMSnapshot> Snapshots(Guid id) => snapshots.Value[id];
    }

    public class VirtualMachineBase
    {
        internal readonly JsonElement Data;
        internal readonly Guid Key;
        protected readonly string VmText, CheckpointText;

        internal VirtualMachineBase(JsonElement data, string vm, string checkpoint)
        {
            Data = data;
            VmText = vm;
            CheckpointText = checkpoint;
            Key = Guid.Parse(data.Text("id"));
        }

        protected T Read<T>(string property, T value) => Faults.Property(GetType().Name, property, VmText, CheckpointText, value);

        internal IEnumerable<HardDiskDrive> Drives(VirtualMachine vm, VMSnapshot snapshot) =>
            Data.GetProperty("disks").EnumerateArray().Select(disk => new HardDiskDrive(disk, vm, snapshot))
                .OrderBy(drive => drive.ControllerType).ThenBy(drive => drive.ControllerNumber).ThenBy(drive => drive.ControllerLocation);

        public Guid Id => Read(nameof(Id), Key);
        public string Name => Read(nameof(Name), Data.Text("name"));
        public string Notes => Read(nameof(Notes), Data.Text("notes"));
        public string Path => Read(nameof(Path), Data.Text("path"));
        public DateTime CreationTime => Read(nameof(CreationTime), Data.Instant("created").ToLocalTime());
        public string ComputerName => Read(nameof(ComputerName), TheHost.Name);
        public bool IsDeleted => Read(nameof(IsDeleted), false);
        public Microsoft.Management.Infrastructure.CimSession CimSession => null;
        public bool DynamicMemoryEnabled => Read(nameof(DynamicMemoryEnabled), false);
        public long MemoryStartup => Read(nameof(MemoryStartup), 4294967296L);
        public long MemoryMinimum => Read(nameof(MemoryMinimum), 536870912L);
        public long MemoryMaximum => Read(nameof(MemoryMaximum), 1099511627776L);
        public long ProcessorCount => Read(nameof(ProcessorCount), 2L);
    }

    public sealed class VirtualMachine : VirtualMachineBase
    {
        internal readonly VMSnapshot[] Snapshots;

        internal VirtualMachine(JsonElement data) : base(data, data.Text("id"), null)
        {
            Snapshots = data.GetProperty("checkpoints").EnumerateArray().Select(s => new VMSnapshot(s, this)).ToArray();
        }

        internal string IdText => VmText;
        VMOperationalStatus[] Operational => Data.GetProperty("operationalStatus").EnumerateArray().Select(Fields.ToEnum<VMOperationalStatus>).ToArray();
        VMSnapshot Parent => Snapshots.FirstOrDefault(s => s.Key == Data.Id("parentCheckpoint"));

        public VMState State => Read(nameof(State), Data.Enum<VMState>("state"));
        public VMOperationalStatus[] OperationalStatus => Read(nameof(OperationalStatus), Operational);
        public VMOperationalStatus? PrimaryOperationalStatus => Read(nameof(PrimaryOperationalStatus), (VMOperationalStatus?)Operational[0]);
        public VMOperationalStatus? SecondaryOperationalStatus =>
            Read(nameof(SecondaryOperationalStatus), Operational.Length > 1 ? Operational[1] : (VMOperationalStatus?)null);
        // Localised, recorded as "Normaler Betrieb" on a German host (a-schild/Zabbix-HyperV-Templates, sample-data).
        public string Status => Read(nameof(Status), Data.Text("status"));
        public string[] StatusDescriptions => Read(nameof(StatusDescriptions), new[] { Data.Text("status") });
        public string PrimaryStatusDescription => Read(nameof(PrimaryStatusDescription), Data.Text("status"));
        public string SecondaryStatusDescription => Read(nameof(SecondaryStatusDescription), (string)null);
        public CheckpointType CheckpointType => Read(nameof(CheckpointType), Data.Enum<CheckpointType>("checkpointType"));
#if !NO_AUTOMATIC_CHECKPOINTS
        public bool AutomaticCheckpointsEnabled => Read(nameof(AutomaticCheckpointsEnabled), Data.GetProperty("automaticCheckpoints").GetBoolean());
#endif
        public string SnapshotFileLocation => Read(nameof(SnapshotFileLocation), Data.Text("snapshotFolder"));
        public string ConfigurationLocation => Read(nameof(ConfigurationLocation), Data.Text("path"));
        public string SmartPagingFilePath => Read(nameof(SmartPagingFilePath), Data.Text("path"));
        public bool SmartPagingFileInUse => Read(nameof(SmartPagingFileInUse), false);
        public int Generation => Read(nameof(Generation), Data.GetProperty("generation").GetInt32());
        public string Version => Read(nameof(Version), Data.Text("version"));
        public VirtualMachineType VirtualMachineType => Read(nameof(VirtualMachineType), VirtualMachineType.RealizedVirtualMachine);
        public VirtualMachineSubType VirtualMachineSubType =>
            Read(nameof(VirtualMachineSubType), Data.GetProperty("generation").GetInt32() == 1 ? VirtualMachineSubType.Generation1 : VirtualMachineSubType.Generation2);
        public bool IsClustered => Read(nameof(IsClustered), Data.GetProperty("clustered").GetBoolean());
        public VMReplicationMode ReplicationMode => Read(nameof(ReplicationMode), Data.Enum<VMReplicationMode>("replicationMode"));
        public VMReplicationState ReplicationState => Read(nameof(ReplicationState), Data.Enum<VMReplicationState>("replicationState"));
        public VMReplicationHealthState ReplicationHealth => Read(nameof(ReplicationHealth), Data.Enum<VMReplicationHealthState>("replicationHealth"));
        public VMHeartbeatStatus? Heartbeat =>
            Read(nameof(Heartbeat), Data.Enum<VMState>("state") == VMState.Running ? VMHeartbeatStatus.OkApplicationsUnknown : (VMHeartbeatStatus?)null);
        public TimeSpan Uptime => Read(nameof(Uptime), Data.Enum<VMState>("state") == VMState.Running ? TimeSpan.FromDays(3) : TimeSpan.Zero);
        public int CPUUsage => Read(nameof(CPUUsage), 0);
        public long MemoryAssigned => Read(nameof(MemoryAssigned), Data.Enum<VMState>("state") == VMState.Running ? 4294967296L : 0L);
        // Empty since 2016.
        public string IntegrationServicesState => Read(nameof(IntegrationServicesState), "");
        public Version IntegrationServicesVersion => Read(nameof(IntegrationServicesVersion), new Version(0, 0));
        public Guid? ParentSnapshotId => Read(nameof(ParentSnapshotId), Data.Id("parentCheckpoint"));
        public string ParentSnapshotName => Read(nameof(ParentSnapshotName), Parent?.Data.Text("name"));
        public HardDiskDrive[] HardDrives => Read(nameof(HardDrives), Drives(this, null).ToArray());
        public long SizeOfSystemFiles => Read(nameof(SizeOfSystemFiles), 52736L);
    }

    public sealed class VMSnapshot : VirtualMachineBase
    {
        internal readonly VirtualMachine Owner;

        internal VMSnapshot(JsonElement data, VirtualMachine vm) : base(data, vm.IdText, data.Text("id"))
        {
            Owner = vm;
        }

        internal string IdText => CheckpointText;
        VMSnapshot Parent => Owner.Snapshots.FirstOrDefault(s => s.Key == Data.Id("parent"));

        public SnapshotType SnapshotType => Read(nameof(SnapshotType), Data.Enum<SnapshotType>("type"));
#if !NO_AUTOMATIC_CHECKPOINTS
        // Microsoft docs: Msvm_VirtualSystemSettingData.IsAutomaticSnapshot came with Windows 10 1709, so 2016 lacks it.
        public bool IsAutomaticCheckpoint => Read(nameof(IsAutomaticCheckpoint), Data.GetProperty("automatic").GetBoolean());
#endif
        public Guid VMId => Read(nameof(VMId), Owner.Key);
        public string VMName => Read(nameof(VMName), Owner.Data.Text("name"));
        // Only ever one of the two: Saved if the checkpoint refers to a saved state.
        public VMState State => Read(nameof(State), Data.GetProperty("saved").GetBoolean() ? VMState.Saved : VMState.Off);
        public Guid? ParentSnapshotId => Read(nameof(ParentSnapshotId), Data.Id("parent"));
        public string ParentSnapshotName => Read(nameof(ParentSnapshotName), Parent?.Data.Text("name"));
        public int Generation => Read(nameof(Generation), Owner.Data.GetProperty("generation").GetInt32());
        public string Version => Read(nameof(Version), Owner.Data.Text("version"));
        public bool IsClustered => Read(nameof(IsClustered), Owner.Data.GetProperty("clustered").GetBoolean());
        public HardDiskDrive[] HardDrives => Read(nameof(HardDrives), Drives(Owner, this).ToArray());

        // A call of a WMI method behind a property, so it counts as a use. Zero may also mean that the call failed.
        public long SizeOfSystemFiles
        {
            get
            {
                Faults.Begin(Faults.NextInvocation(), "VMSnapshot.SizeOfSystemFiles", new[] { IdText });
                return Read(nameof(SizeOfSystemFiles), Data.GetProperty("systemBytes").GetInt64());
            }
        }
    }

    public class VMComponentObject
    {
        protected readonly VirtualMachine Vm;
        protected readonly VMSnapshot Snapshot;

        internal VMComponentObject(VirtualMachine vm, VMSnapshot snapshot)
        {
            Vm = vm;
            Snapshot = snapshot;
        }

        protected T Read<T>(string property, T value) => Faults.Property(GetType().Name, property, Vm.IdText, Snapshot?.IdText, value);

        public Guid VMId => Read(nameof(VMId), Vm.Key);
        public string VMName => Read(nameof(VMName), Vm.Data.Text("name"));
        // Empty for a drive of the running machine.
        public Guid VMSnapshotId => Read(nameof(VMSnapshotId), Snapshot?.Key ?? Guid.Empty);
        public string VMSnapshotName => Read(nameof(VMSnapshotName), Snapshot?.Data.Text("name") ?? "");
        public Microsoft.Management.Infrastructure.CimSession CimSession => null;
        public string ComputerName => Read(nameof(ComputerName), TheHost.Name);
        public bool IsDeleted => Read(nameof(IsDeleted), false);
    }

    public class VMDriveController : VMComponentObject
    {
        internal VMDriveController(VirtualMachine vm, VMSnapshot snapshot) : base(vm, snapshot) { }
    }

    public class Drive : VMComponentObject
    {
        internal readonly JsonElement Data;
        readonly string[] slot;

        internal Drive(JsonElement data, VirtualMachine vm, VMSnapshot snapshot) : base(vm, snapshot)
        {
            Data = data;
            slot = data.Text("slot").Split(':');
        }

        public ControllerType ControllerType => Read(nameof(ControllerType), Enum.Parse<ControllerType>(slot[0]));
        public int ControllerNumber => Read(nameof(ControllerNumber), int.Parse(slot[1]));
        public int ControllerLocation => Read(nameof(ControllerLocation), int.Parse(slot[2]));
        // The file, or the friendly name of the physical disk behind a pass-through disk; null if that disk is gone.
        public string Path => Read(nameof(Path), Data.Text("path"));
        public string PoolName => Read(nameof(PoolName), "Primordial");
    }

    public sealed class HardDiskDrive : Drive
    {
        internal HardDiskDrive(JsonElement data, VirtualMachine vm, VMSnapshot snapshot) : base(data, vm, snapshot) { }

        public string Name => Read(nameof(Name), "Hard Drive on " + ControllerType + " controller number " + ControllerNumber + " at location " + ControllerLocation);
        public string Id => Read(nameof(Id), "Microsoft:" + (Snapshot?.Key ?? Vm.Key) + @"\83F8638B-8DCA-4152-9EDA-2CA8B33039B4\" + ControllerNumber + @"\" + ControllerLocation + @"\D");
        public int? DiskNumber => Read(nameof(DiskNumber), Data.Number("diskNumber"));
        public bool? SupportPersistentReservations => Read(nameof(SupportPersistentReservations), (bool?)Data.GetProperty("shared").GetBoolean());
        public ulong? MaximumIOPS => Read(nameof(MaximumIOPS), (ulong?)0);
        public ulong? MinimumIOPS => Read(nameof(MinimumIOPS), (ulong?)0);
        public Guid? QoSPolicyID => Read(nameof(QoSPolicyID), (Guid?)Guid.Empty);
    }

    public sealed class VMHost
    {
        T Read<T>(string property, T value) => Faults.Property(nameof(VMHost), property, null, null, value);

        public string Name => Read(nameof(Name), TheHost.Name);
        public string ComputerName => Read(nameof(ComputerName), TheHost.Name);
        public string FullyQualifiedDomainName => Read(nameof(FullyQualifiedDomainName), TheHost.Facts.Text("domain"));
        public string VirtualHardDiskPath => Read(nameof(VirtualHardDiskPath), TheHost.Facts.Text("virtualHardDiskPath"));
        public string VirtualMachinePath => Read(nameof(VirtualMachinePath), TheHost.Facts.Text("virtualMachinePath"));
        public int LogicalProcessorCount => Read(nameof(LogicalProcessorCount), 16);
        public long MemoryCapacity => Read(nameof(MemoryCapacity), 137438953472L);
        public IReadOnlyList<string> SupportedVmVersions => Read(nameof(SupportedVmVersions), new[] { "8.0", "9.0", "9.1", "10.0" });
        public bool VirtualMachineMigrationEnabled => Read(nameof(VirtualMachineMigrationEnabled), false);
        public bool IsDeleted => Read(nameof(IsDeleted), false);
        public Microsoft.Management.Infrastructure.CimSession CimSession => null;
    }
}
