using System;
using System.Collections.Generic;
using System.Linq;
using System.Management.Automation;
using System.Management.Automation.Language;
using CheckpointStandIn;
using Microsoft.Management.Infrastructure;

// Cmdlets of the Hyper-V module that read. Parameters, sets, positions and pipeline binding: Microsoft docs of each cmdlet and the
// test stub of dsccommunity/HyperVDsc, so that a call that would not bind on Windows does not bind here.
namespace Microsoft.HyperV.PowerShell.Commands
{
    public abstract class VirtualizationCmdlet : PSCmdlet
    {
        readonly int invocation = Faults.NextInvocation();

        protected string Cmdlet => MyInvocation.MyCommand.Name;

        // False: this record has been answered already, by an error or by nothing.
        protected bool Start(IEnumerable<string> targets)
        {
            Faults.Begin(invocation, Cmdlet, targets);
            // A stopped VMMS looks like a missing object (reports of users of Windows Admin Center and vagrant).
            if (TheHost.Vmms != "Running")
            {
                Report(VirtualizationException.Of("ObjectNotFound", null), null);
                return false;
            }
            return !Meets(Faults.Find(Cmdlet), null, null);
        }

        // Says whether a fault answers instead of the cmdlet.
        protected bool Meets(Faults.Fault fault, string path, object target)
        {
            if (fault == null) return false;
            if (fault.Effect == "empty") return true;
            if (fault.Effect == "omit") return false;
            var error = VirtualizationException.Of(fault.Kind, path);
            if (fault.Effect == "terminate") ThrowTerminatingError(Record(error, fault.Target ? target : null));
            Report(error, fault.Target ? target : null);
            return true;
        }

        // Left out of the answer for several machines, and answered for alone.
        protected static bool IsOmitted(Faults.Fault fault, VirtualMachine[] machines) =>
            fault != null && fault.Effect == "omit" && machines.Length > 1;

        protected static ErrorRecord Record(VirtualizationException error, object target) =>
            new ErrorRecord(error, error.ErrorIdentifier, error.Category, target);

        protected void Report(VirtualizationException error, object target) => WriteError(Record(error, target));

        // A name without wildcards that is not there is an error; recorded as InvalidParameter, InvalidArgument.
        protected IEnumerable<VirtualMachine> ByName(string[] names)
        {
            foreach (var name in names)
            {
                var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
                var found = Visible.Where(vm => pattern.IsMatch(vm.Data.Text("name"))).ToArray();
                if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
                    Report(new VirtualizationException("InvalidParameter", ErrorCategory.InvalidArgument, unchecked((int)0x80070057),
                        TheHost.Say("Hyper-V did not find a virtual machine with name \"", "Hyper-V hat keine VM mit diesem Namen gefunden: \"") + name + "\"."), name);
                foreach (var vm in found) yield return vm;
            }
        }

        // Without rights VMMS mostly answers with an empty list (Microsoft docs: UAC filtering of Msvm classes).
        protected static IEnumerable<VirtualMachine> Visible => TheHost.SeesVms ? Inventory.Vms : Enumerable.Empty<VirtualMachine>();
    }

    [Cmdlet(VerbsCommon.Get, "VM", DefaultParameterSetName = "Name")]
    [OutputType(typeof(VirtualMachine))]
    public sealed class GetVM : VirtualizationCmdlet
    {
        [Parameter(ParameterSetName = "Name", Position = 0, ValueFromPipeline = true)]
        [Alias("VMName"), ValidateNotNullOrEmpty]
        public string[] Name { get; set; }

        [Parameter(ParameterSetName = "Name"), Parameter(ParameterSetName = "Id"), ValidateNotNullOrEmpty]
        public CimSession[] CimSession { get; set; }

        [Parameter(ParameterSetName = "Name"), Parameter(ParameterSetName = "Id"), ValidateNotNullOrEmpty]
        public string[] ComputerName { get; set; }

        [Parameter(ParameterSetName = "Name"), Parameter(ParameterSetName = "Id"), ValidateNotNullOrEmpty]
        public PSCredential[] Credential { get; set; }

        [Parameter(ParameterSetName = "Id", Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), ValidateNotNull]
        public Guid? Id { get; set; }

        [Parameter(ParameterSetName = "ClusterObject", Mandatory = true, Position = 0, ValueFromPipeline = true), ValidateNotNullOrEmpty]
        [PSTypeName("Microsoft.FailoverClusters.PowerShell.ClusterObject")]
        public PSObject ClusterObject { get; set; }

        protected override void ProcessRecord()
        {
            var asked = Name ?? (Id == null ? Array.Empty<string>() : new[] { Id.ToString() });
            if (!Start(asked)) return;
            var found = Name != null ? ByName(Name) : Id != null ? Visible.Where(vm => vm.Key == Id) : Visible;
            foreach (var vm in found.ToArray())
            {
                if (!Meets(Faults.Find(Cmdlet, vm.IdText), null, vm)) WriteObject(vm);
            }
        }
    }

    [Cmdlet(VerbsCommon.Get, "VMSnapshot", DefaultParameterSetName = "VMName")]
    [OutputType(typeof(VMSnapshot))]
    public sealed class GetVMSnapshot : VirtualizationCmdlet
    {
        [Parameter(ParameterSetName = "VMName", Mandatory = true, Position = 0, ValueFromPipeline = true), ValidateNotNullOrEmpty]
        public string[] VMName { get; set; }

        [Parameter(ParameterSetName = "VMObject", Mandatory = true, Position = 0, ValueFromPipeline = true), ValidateNotNullOrEmpty]
        public VirtualMachine[] VM { get; set; }

        [Parameter(ParameterSetName = "VMName"), Parameter(ParameterSetName = "Id"), ValidateNotNullOrEmpty]
        public CimSession[] CimSession { get; set; }

        [Parameter(ParameterSetName = "VMName"), Parameter(ParameterSetName = "Id"), ValidateNotNullOrEmpty]
        public string[] ComputerName { get; set; }

        [Parameter(ParameterSetName = "VMName"), Parameter(ParameterSetName = "Id"), ValidateNotNullOrEmpty]
        public PSCredential[] Credential { get; set; }

        // The id of a checkpoint, although the documentation speaks of a virtual machine.
        [Parameter(ParameterSetName = "Id", Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true), ValidateNotNull]
        public Guid? Id { get; set; }

        [Parameter(ParameterSetName = "VMName", Position = 1), Parameter(ParameterSetName = "Parent", Position = 0)]
        [Parameter(ParameterSetName = "Child", Position = 0), Parameter(ParameterSetName = "VMObject", Position = 1), ValidateNotNullOrEmpty]
        public string Name { get; set; }

        [Parameter(ParameterSetName = "Child", Mandatory = true), ValidateNotNull]
        public VMSnapshot ChildOf { get; set; }

        [Parameter(ParameterSetName = "Parent", Mandatory = true), ValidateNotNull]
        public VirtualMachineBase ParentOf { get; set; }

        [Parameter(ParameterSetName = "VMObject"), Parameter(ParameterSetName = "Parent"), Parameter(ParameterSetName = "Child")]
        [Parameter(ParameterSetName = "VMName"), Alias("VMRecoveryCheckpoint"), ValidateNotNullOrEmpty]
        public SnapshotType SnapshotType { get; set; }

        protected override void ProcessRecord()
        {
            if (!Start(Targets())) return;
            var pattern = Name == null ? null : WildcardPattern.Get(Name, WildcardOptions.IgnoreCase);
            var byType = MyInvocation.BoundParameters.ContainsKey(nameof(SnapshotType));
            // One order over all machines of the record, not machine by machine.
            var found = Candidates()
                .Where(s => pattern == null || pattern.IsMatch(s.Data.Text("name")))
                .Where(s => !byType || s.Data.Enum<SnapshotType>("type") == SnapshotType)
                .OrderBy(s => s.Data.Instant("created")).ToArray();
            if (found.Length == 0 && (pattern != null || byType || VM == null && VMName == null))
                ThrowTerminatingError(Record(new VirtualizationException("ObjectNotFound", ErrorCategory.ObjectNotFound, unchecked((int)0x80131500),
                    TheHost.Say("SnapshotNotFound: Hyper-V did not find a checkpoint that matches.", "SnapshotNotFound: Hyper-V hat keinen passenden Pr\u00fcfpunkt gefunden.")), null));
            WriteObject(found, true);
        }

        string[] Targets() =>
            VMName ?? VM?.Select(vm => vm.IdText).ToArray() ?? new[] { (Id ?? ChildOf?.Key ?? ParentOf?.Key).ToString() };

        List<VMSnapshot> Candidates()
        {
            if (Id != null) return Inventory.Snapshots(Id.Value).ToList();
            if (ChildOf != null) return ChildOf.Owner.Snapshots.Where(s => s.Data.Id("parent") == ChildOf.Key).ToList();
            if (ParentOf != null)
            {
                var parent = ParentOf.Data.Id(ParentOf is VMSnapshot ? "parent" : "parentCheckpoint");
                return parent == null ? new List<VMSnapshot>() : Inventory.Snapshots(parent.Value).ToList();
            }
            var found = new List<VMSnapshot>();
            var machines = VM ?? ByName(VMName).ToArray();
            foreach (var vm in machines)
            {
                var fault = Faults.Find(Cmdlet, vm.IdText);
                if (IsOmitted(fault, machines)) continue;
                // One bad machine may empty the answer for all machines of the record.
                if (fault != null && fault.Effect == "empty") return new List<VMSnapshot>();
                if (!Meets(fault, null, vm)) found.AddRange(vm.Snapshots);
            }
            return found;
        }
    }

    [Cmdlet(VerbsCommon.Get, "VMHardDiskDrive", DefaultParameterSetName = "VMName")]
    [OutputType(typeof(HardDiskDrive))]
    public sealed class GetVMHardDiskDrive : VirtualizationCmdlet
    {
        [Parameter(ParameterSetName = "VMName"), ValidateNotNullOrEmpty]
        public CimSession[] CimSession { get; set; }

        [Parameter(ParameterSetName = "VMName"), ValidateNotNullOrEmpty]
        public string[] ComputerName { get; set; }

        [Parameter(ParameterSetName = "VMName"), ValidateNotNullOrEmpty]
        public PSCredential[] Credential { get; set; }

        [Parameter(ParameterSetName = "VMName", Mandatory = true, Position = 0, ValueFromPipeline = true), ValidateNotNullOrEmpty]
        public string[] VMName { get; set; }

        [Parameter(ParameterSetName = "VMObject", Mandatory = true, Position = 0, ValueFromPipeline = true), ValidateNotNullOrEmpty]
        public VirtualMachine[] VM { get; set; }

        // One checkpoint, where -VM takes many machines.
        [Parameter(ParameterSetName = "VMSnapshot", Mandatory = true, Position = 0, ValueFromPipeline = true), Alias("VMCheckpoint"), ValidateNotNullOrEmpty]
        public VMSnapshot VMSnapshot { get; set; }

        [Parameter, ValidateNotNull]
        public int? ControllerLocation { get; set; }

        [Parameter(ParameterSetName = "VMDriveController", Mandatory = true, Position = 0, ValueFromPipeline = true)]
        public VMDriveController[] VMDriveController { get; set; }

        [Parameter(ParameterSetName = "VMName"), Parameter(ParameterSetName = "VMObject"), Parameter(ParameterSetName = "VMSnapshot"), ValidateNotNull]
        public int? ControllerNumber { get; set; }

        [Parameter(ParameterSetName = "VMName"), Parameter(ParameterSetName = "VMObject"), Parameter(ParameterSetName = "VMSnapshot")]
        public ControllerType? ControllerType { get; set; }

        protected override void ProcessRecord()
        {
            var targets = VMName ?? VM?.Select(vm => vm.IdText).ToArray() ?? new[] { VMSnapshot?.IdText ?? "" };
            if (!Start(targets)) return;
            foreach (var drive in Drives())
            {
                if (ControllerType != null && drive.ControllerType != ControllerType) continue;
                if (ControllerNumber != null && drive.ControllerNumber != ControllerNumber) continue;
                if (ControllerLocation != null && drive.ControllerLocation != ControllerLocation) continue;
                WriteObject(drive);
            }
        }

        List<HardDiskDrive> Drives()
        {
            var found = new List<HardDiskDrive>();
            if (VMSnapshot != null)
            {
                var fault = Faults.Find(Cmdlet, VMSnapshot.Owner.IdText, VMSnapshot.IdText);
                if (!Meets(fault, null, VMSnapshot)) found.AddRange(VMSnapshot.Drives(VMSnapshot.Owner, VMSnapshot));
                return found;
            }
            var machines = VM ?? (VMName == null ? Array.Empty<VirtualMachine>() : ByName(VMName).ToArray());
            foreach (var vm in machines)
            {
                var fault = Faults.Find(Cmdlet, vm.IdText);
                if (IsOmitted(fault, machines)) continue;
                if (fault != null && fault.Effect == "empty") return new List<HardDiskDrive>();
                if (!Meets(fault, null, vm)) found.AddRange(vm.Drives(vm, null));
            }
            return found;
        }
    }

    [Cmdlet(VerbsCommon.Get, "VMHost", DefaultParameterSetName = "ComputerName")]
    [OutputType(typeof(VMHost))]
    public sealed class GetVMHost : VirtualizationCmdlet
    {
        [Parameter(ParameterSetName = "CimSession", Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true), ValidateNotNullOrEmpty]
        public CimSession[] CimSession { get; set; }

        [Parameter(ParameterSetName = "ComputerName", Position = 0, ValueFromPipeline = true), ValidateNotNullOrEmpty]
        public string[] ComputerName { get; set; }

        [Parameter(ParameterSetName = "ComputerName", Position = 1, ValueFromPipeline = true), ValidateNotNullOrEmpty]
        public PSCredential[] Credential { get; set; }

        protected override void ProcessRecord()
        {
            if (Start(Array.Empty<string>())) WriteObject(new VMHost());
        }
    }
}
