# Reads checkpoints and virtual disks of the Hyper-V host it runs on, and prints one report. It only reads.
#
# Windows PowerShell 5.1 and PowerShell 7. ASCII only. It collects and never judges: what the facts mean is
# decided by whoever receives them. The report is described in report-schema.ts, the line it travels in in
# envelope.ts. Errors are told apart by category, error id and HRESULT, never by their localised text.
param([string]$EncodedParameters)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$WarningPreference = 'SilentlyContinue'
$VerbosePreference = 'SilentlyContinue'
$InformationPreference = 'SilentlyContinue'
$ProgressPreference = 'SilentlyContinue'

# Creating, applying, deleting, waiting for it, merging, exporting, backing up, moving storage. 23769 is the value the module
# has for 32769. A handle on a disk at such a time can make the operation fail, so no disk of such a VM is opened.
$BusyStatus = 32768, 32769, 23769, 32770, 32771, 32772, 32773, 32776, 32778, 32779
$MigratingStatus = 32774, 32780
# A cluster shared volume has a folder of its own on the drive of the system.
$VolumeRoots = '^[A-Za-z]:\\ClusterStorage\\[^\\]+\\', '^[A-Za-z]:\\', '^\\\\\?\\Volume\{[0-9A-Fa-f-]{36}\}\\', '^\\\\[^\\?.][^\\]*\\[^\\]+\\'
$MaxChainFiles = 64
# An honest guest says two dozen things of itself, of at most 2,048 characters each; the rest is the XML around them.
$MaxGuestItems = 100
$MaxGuestItemLength = 16384
$Invariant = [Globalization.CultureInfo]::InvariantCulture
$Clock = [Diagnostics.Stopwatch]::StartNew()

$Parameters = $null
$BudgetMs = 0
$Timings = [ordered]@{}
$HostErrors = New-Object System.Collections.ArrayList
$Files = [ordered]@{}
$Volumes = [ordered]@{}
$Untouchable = @{}
$Getters = @{}
$Aside = @{ runspace = $null; stuck = @{} }

# ---------------------------------------------------------------------------------------------- values and errors

function Format-Time($value) {
    if ($null -eq $value) { return $null }
    return ([DateTime]$value).ToUniversalTime().ToString('yyyy-MM-ddTHH:mm:ss.fffZ', $Invariant)
}

function Format-Guid($value) {
    if ($null -eq $value -or [Guid]$value -eq [Guid]::Empty) { return $null }
    return ([Guid]$value).ToString()
}

function Format-Enum($value) {
    if ($null -eq $value) { return $null }
    return [ordered]@{ c = [int]$value; n = [string]$value }
}

# The getter method throws where the property would quietly be null, and null would be taken for "none".
function Read-Property($object, [string]$name) {
    $key = $object.GetType().FullName + '|' + $name
    if (-not $Getters.ContainsKey($key)) {
        $Getters[$key] = $null -ne $object.GetType().GetMethod('get_' + $name, [Type]::EmptyTypes)
    }
    if ($Getters[$key]) { return $object."get_$name"() }
    # Older builds lack some properties.
    $property = $object.PSObject.Properties[$name]
    if ($null -eq $property) { return $null }
    return $property.Value
}

# A property whose failure is worth an error, but not the whole record.
function Read-Optional($object, [string]$name, $errors) {
    try { return Read-Property $object $name }
    catch {
        [void]$errors.Add((New-Problem 'PROP_READ_FAILED' $_ $name))
        return $null
    }
}

# No parent and an unreadable one are two things: the second makes all sizes of the VM unknown.
function Read-Parent($object, $errors) {
    $before = $errors.Count
    $id = Format-Guid (Read-Optional $object 'ParentSnapshotId' $errors)
    return @{ id = $id; unknown = $errors.Count -gt $before }
}

function Get-HResult($record) {
    $exception = $record.Exception
    $said = ''
    while ($null -ne $exception) {
        $code = ([int]$exception.HResult).ToString('X8', $Invariant)
        if ($code -match '^(8007|C03A)' -and $code -ne '80070057') { return $code }
        # Hyper-V often gives the code only inside its text, in every language alike.
        $match = [regex]::Match([string]$exception.Message, '\(0x([0-9A-Fa-f]{8})\)', 'RightToLeft')
        if ($said -eq '' -and $match.Success) { $said = $match.Groups[1].Value.ToUpperInvariant() }
        $exception = $exception.InnerException
    }
    return $said
}

function Get-Cause($record) {
    $code = Get-HResult $record
    $category = [string]$record.CategoryInfo.Category
    $id = [string]$record.FullyQualifiedErrorId
    if ($code -eq '80070005' -or $category -eq 'PermissionDenied' -or $id -like 'AccessDenied*') { return 'denied' }
    if ($code -eq '80070020' -or $category -eq 'ResourceBusy' -or $id -like 'ObjectInUse*') { return 'busy' }
    switch ($code) {
        'C03A000D' { return 'parent-missing' }
        'C03A000E' { return 'parent-mismatch' }
        'C03A000F' { return 'parent-mismatch' }
        'C03A0017' { return 'parent-mismatch' }
        'C03A0016' { return 'denied' }
        'C03A0018' { return 'loop' }
        '80070002' { return 'gone' }
        '80070003' { return 'gone' }
        '80070570' { return 'corrupt' }
    }
    if ($code -match '^C03A00(0[1-9A-C]|1[0-35])$') { return 'corrupt' }
    if ($category -eq 'ObjectNotFound') { return 'gone' }
    return 'other'
}

function Format-Detail($record) {
    if ($record -is [string]) { return $record }
    $text = '{0} [{1}]' -f $record.Exception.Message, $record.FullyQualifiedErrorId
    if ($text.Length -gt 500) { return $text.Substring(0, 500) }
    return $text
}

function New-Problem([string]$code, $record, $target) {
    $detail = $null
    if ($null -ne $record) { $detail = Format-Detail $record }
    return [ordered]@{ code = $code; detail = $detail; target = $target }
}

function Add-HostProblem([string]$code, $record, $target) {
    [void]$HostErrors.Add((New-Problem $code $record $target))
}

function Test-Budget { return $Clock.ElapsedMilliseconds -lt $BudgetMs }

# Storage that has gone away can keep a question waiting for ever, and everything behind it. So it is asked in a runspace
# of its own, which is left behind when it does not come back; the end of the process ends it. Nothing comes back then, and
# `stuck` tells by its name what must not be asked again.
function Invoke-Aside([string]$name, [scriptblock]$question, $argument) {
    if ($null -eq $Aside.runspace) {
        $Aside.runspace = [Management.Automation.Runspaces.RunspaceFactory]::CreateRunspace()
        if ($PSVersionTable.PSEdition -eq 'Desktop') { $Aside.runspace.ApartmentState = 'STA' }
        $Aside.runspace.Open()
    }
    $shell = [Management.Automation.PowerShell]::Create()
    $shell.Runspace = $Aside.runspace
    [void]$shell.AddScript($question).AddArgument($argument)
    $call = $shell.BeginInvoke()
    # What was begun last must not use up the time that is kept for writing the report.
    $left = [Math]::Max(0, [Math]::Min([long]$Parameters.diskTimeoutMs, $BudgetMs - $Clock.ElapsedMilliseconds))
    if ($call.AsyncWaitHandle.WaitOne([int]$left)) { return $shell.EndInvoke($call) }
    $Aside.stuck[$name] = $true
    $Aside.runspace = $null
}

function Test-Stuck([string]$name) { return $Aside.stuck.ContainsKey($name) }

# What went wrong there, freed of the wrapping that the way here has put around it.
function Get-InnerRecord($record) {
    $exception = $record.Exception
    while ($null -ne $exception) {
        if ($exception -is [Management.Automation.IContainsErrorRecord] -and $exception -isnot [Management.Automation.MethodInvocationException]) {
            return $exception.ErrorRecord
        }
        $exception = $exception.InnerException
    }
    return $record
}

function Measure-Stage([string]$name, [scriptblock]$stage) {
    $begin = $Clock.ElapsedMilliseconds
    try { return . $stage }
    finally { $Timings[$name] = $Clock.ElapsedMilliseconds - $begin }
}

# ------------------------------------------------------------------------------------------------------- preflight

# Groups by SID, since their names are translated. A token filtered by User Account Control is in neither.
function Test-Member([string]$sid) {
    try {
        $identity = [Security.Principal.WindowsIdentity]::GetCurrent()
        $principal = New-Object Security.Principal.WindowsPrincipal $identity
        return $principal.IsInRole((New-Object Security.Principal.SecurityIdentifier $sid))
    }
    catch { return $null }
}

function Test-Elevated { return Test-Member 'S-1-5-32-544' }

# Whether an empty list means nothing: VMs that are all off leave no other trace, and without rights none is shown.
function Test-Blind([int]$visible, $isAdministrator, $isHyperVAdministrator) {
    return $visible -eq 0 -and $isAdministrator -eq $false -and $isHyperVAdministrator -eq $false
}

function Read-ServiceState([string]$name) {
    try { return [string](Get-Service -Name $name).Status }
    catch {
        if ([string]$_.FullyQualifiedErrorId -like 'NoServiceFoundForGivenName*') { return 'Missing' }
        return $null
    }
}

function Read-OsBuild {
    try {
        $system = CimCmdlets\Get-CimInstance -ClassName Win32_OperatingSystem
        return [int]$system.BuildNumber
    }
    catch { return $null }
}

function Read-ComputerName {
    if ([string]$env:COMPUTERNAME -ne '') { return [string]$env:COMPUTERNAME }
    return [Environment]::MachineName
}

function Read-Cluster {
    if ((Read-ServiceState 'ClusSvc') -ne 'Running') { return $null }
    try {
        $cluster = FailoverClusters\Get-Cluster
        return [ordered]@{ id = [string]$cluster.Id; name = [string]$cluster.Name; node = Read-ComputerName }
    }
    catch { return $null }
}

# An account without rights is shown an empty list. These two tell of VMs in other ways, in any language.
function Read-VmHint($elevated) {
    try {
        $class = 'Win32_PerfRawData_VmmsVirtualMachineStats_HyperVVirtualMachineHealthSummary'
        $health = @(CimCmdlets\Get-CimInstance -ClassName $class)
        if ($health.Count -gt 0) { return [int]$health[0].HealthOk + [int]$health[0].HealthCritical }
    }
    catch { $null = $_ }
    # WSL and Windows Sandbox have such processes too, and an administrator is shown everything anyway.
    if ($elevated -eq $true) { return $null }
    try { return @(Get-Process -Name vmwp -ErrorAction SilentlyContinue).Count }
    catch { return $null }
}

# Despite its name the property often holds the domain alone.
function Read-Fqdn {
    try {
        $vmHost = Hyper-V\Get-VMHost
        $name = [string]$vmHost.Name
        $full = [string]$vmHost.FullyQualifiedDomainName
        if ($full -eq '' -or $full.StartsWith("$name.", [StringComparison]::OrdinalIgnoreCase)) { return $full }
        return "$name.$full"
    }
    catch { return $null }
}

function Read-HostFacts($elevated) {
    $now = (Get-Date).ToUniversalTime()
    $zone = [TimeZoneInfo]::Local
    return [ordered]@{
        name         = Read-ComputerName
        fqdn         = $null
        osBuild      = Read-OsBuild
        utcNow       = Format-Time $now
        tz           = $zone.Id
        utcOffsetMin = [int]$zone.GetUtcOffset($now).TotalMinutes
        cluster      = Read-Cluster
        vmms         = Read-ServiceState 'vmms'
        visibleVms   = $null
        hintedVms    = $null
    }
}

function Read-CollectorFacts($elevated) {
    return [ordered]@{
        ps           = [string]$PSVersionTable.PSVersion
        edition      = [string]$PSVersionTable.PSEdition
        x64          = [Environment]::Is64BitProcess
        languageMode = [string]$ExecutionContext.SessionState.LanguageMode
        module       = $null
        elevated     = $elevated
        timings      = $Timings
    }
}

# Whether reading may go on; otherwise the reason is among the errors of the host.
function Test-Ready($facts, $collector) {
    if ([Environment]::Is64BitOperatingSystem -and -not [Environment]::Is64BitProcess) {
        Add-HostProblem 'WRONG_BITNESS' $null $null
        return $false
    }
    # Before any cmdlet is asked: without the service they fail as if VMs had vanished.
    if ($facts.vmms -eq 'Missing') { Add-HostProblem 'NO_HYPERV_ROLE' $null $null; return $false }
    if ($null -ne $facts.vmms -and $facts.vmms -ne 'Running') {
        Add-HostProblem 'VMMS_STOPPED' $facts.vmms 'vmms'
        return $false
    }
    try {
        Import-Module -Name Hyper-V
        $collector.module = [string](Get-Module -Name Hyper-V).Version
        return $true
    }
    catch {
        $code = 'ENUMERATION_FAILED'
        if ([string]$_.FullyQualifiedErrorId -like 'Modules_ModuleNotFound*') { $code = 'MODULE_MISSING' }
        Add-HostProblem $code $_ 'Hyper-V'
        return $false
    }
}

# --------------------------------------------------------------------------------- phase A: a few calls for all VMs

function Add-EnumerationProblem($record, [string]$target) {
    $code = 'ENUMERATION_FAILED'
    if ((Get-Cause $record) -eq 'denied') { $code = 'ACCESS_DENIED' }
    Add-HostProblem $code $record $target
}

function Read-VmObjects {
    $found = New-Object System.Collections.ArrayList
    $failures = @()
    try {
        Hyper-V\Get-VM -ErrorAction SilentlyContinue -ErrorVariable failures | ForEach-Object { [void]$found.Add($_) }
    }
    catch { Add-EnumerationProblem $_ 'Get-VM' }
    foreach ($failure in $failures) {
        if ($failure -is [Management.Automation.ErrorRecord]) { Add-EnumerationProblem $failure 'Get-VM' }
    }
    return , $found
}

# What is known of a VM while it is read; `record` is what the report will hold.
function New-VmEntry($vm) {
    $errors = New-Object System.Collections.ArrayList
    $record = [ordered]@{}
    $record.id = Format-Guid (Read-Property $vm 'Id')
    $record.name = [string](Read-Optional $vm 'Name' $errors)
    $record.state = Format-Enum (Read-Optional $vm 'State' $errors)
    $record.op = @()
    $record.checkpointType = $null
    $record.autoCheckpoints = Read-Optional $vm 'AutomaticCheckpointsEnabled' $errors
    $record.generation = Read-Optional $vm 'Generation' $errors
    $record.isClustered = Read-Optional $vm 'IsClustered' $errors
    $record.replicationMode = $null
    $record.parentCheckpointId = $null
    $record.parentUnknown = $false
    $record.notes = Read-Optional $vm 'Notes' $errors
    $record.guest = $null
    $record.disks = $null
    $record.checkpoints = $null
    $record.errors = @()
    foreach ($pair in @('checkpointType', 'CheckpointType'), @('replicationMode', 'ReplicationMode')) {
        $value = Read-Optional $vm $pair[1] $errors
        if ($null -ne $value) { $record[$pair[0]] = [int]$value }
    }
    $record.op = [object[]]@(Read-Optional $vm 'OperationalStatus' $errors | Where-Object { $null -ne $_ } | ForEach-Object { [int]$_ })
    $parent = Read-Parent $vm $errors
    $record.parentCheckpointId = $parent.id
    $record.parentUnknown = $parent.unknown
    return @{
        vm = $vm; record = $record; errors = $errors; disks = $null; checkpoints = $null; snapshots = @{}
        askAgain = $false; busy = $false
    }
}

function Read-Entries($vms) {
    $entries = [ordered]@{}
    foreach ($vm in $vms) {
        try {
            $entry = New-VmEntry $vm
            $entries[$entry.record.id] = $entry
        }
        catch { Add-HostProblem 'ENUMERATION_FAILED' $_ 'Get-VM' }
    }
    return $entries
}

# The VM that an error is about, or null when it does not say.
function Find-Entry($entries, $record) {
    $target = $record.TargetObject
    $names = @([string]$record.CategoryInfo.TargetName)
    if ($null -ne $target) {
        foreach ($name in 'Id', 'VMId') {
            $property = $target.PSObject.Properties[$name]
            if ($null -ne $property) { $names += [string]$property.Value }
        }
        $names += [string]$target
    }
    foreach ($name in $names) {
        if ($name -eq '') { continue }
        if ($entries.Contains($name)) { return $entries[$name] }
        $same = @($entries.Values | Where-Object { $_.record.name -eq $name })
        if ($same.Count -eq 1) { return $same[0] }
    }
    return $null
}

# One call for all VMs; `take` puts each answer where it belongs. A VM named in an error is asked again alone. When the call
# broke off, or an error names nobody, everybody is, for an answer may have been cut short: one bad VM must not hide another.
function Invoke-Bulk($entries, [scriptblock]$all, [scriptblock]$take) {
    $failures = @()
    $blind = $false
    try { . $all | ForEach-Object { & $take $_ } }
    catch { $failures = @($failures) + $_; $blind = $true }
    foreach ($failure in @($failures)) {
        if ($failure -isnot [Management.Automation.ErrorRecord]) { continue }
        $entry = Find-Entry $entries $failure
        if ($null -eq $entry) { $blind = $true } else { $entry.askAgain = $true }
    }
    foreach ($entry in $entries.Values) {
        if ($blind) { $entry.askAgain = $true }
    }
}

function Read-Disk($drive, $errors) {
    $number = Read-Property $drive 'DiskNumber'
    $path = [string](Read-Property $drive 'Path')
    $slot = '{0}:{1}:{2}' -f $drive.ControllerType, $drive.ControllerNumber, $drive.ControllerLocation
    $kind = 'vhd'
    if ($null -ne $number) { $kind = 'passthrough' }
    elseif ($path -eq '') { $kind = 'empty' }
    elseif ($path -like '*.vhds') { $kind = 'vhdset' }
    if ($kind -eq 'passthrough' -and $path -eq '') { [void]$errors.Add((New-Problem 'DISK_PATH_NULL' $null $slot)) }
    if ($path -eq '') { $path = $null }
    return [ordered]@{
        slot = $slot; kind = $kind; path = $path; diskNumber = $number
        shared = $true -eq (Read-Property $drive 'SupportPersistentReservations')
    }
}

function Add-Drive($entry, $drive) {
    try { [void]$entry.disks.Add((Read-Disk $drive $entry.errors)) }
    catch {
        [void]$entry.errors.Add((New-Problem 'DISKS_FAILED' $_ $null))
        $entry.unreadableDisks = $true
    }
}

function Read-CurrentDisks($entries) {
    foreach ($entry in $entries.Values) { $entry.disks = New-Object System.Collections.ArrayList }
    $vms = @($entries.Values | ForEach-Object { $_.vm })
    $all = { Hyper-V\Get-VMHardDiskDrive -VM $vms -ErrorAction SilentlyContinue -ErrorVariable failures }
    Invoke-Bulk $entries $all {
        param($drive)
        $entry = $entries[[string](Format-Guid (Read-Property $drive 'VMId'))]
        if ($null -eq $entry) { Add-HostProblem 'ENUMERATION_FAILED' 'a disk names no VM of this host' $null }
        else { Add-Drive $entry $drive }
    }
    # One bad VM can empty the answer for all of them, without an error.
    $emptied = @($entries.Values | Where-Object { $_.disks.Count -gt 0 }).Count -eq 0
    foreach ($entry in $entries.Values) {
        if ($emptied -or $entry.askAgain) { Read-OwnDisks $entry }
        $entry.askAgain = $false
    }
    if ($emptied -and @($entries.Values | Where-Object { $null -ne $_.disks -and $_.disks.Count -gt 0 }).Count -gt 0) {
        foreach ($entry in $entries.Values) {
            if ($null -eq $entry.disks -or $entry.disks.Count -gt 0) { continue }
            $entry.disks = $null
            [void]$entry.errors.Add((New-Problem 'DISKS_FAILED' 'asked together with this VM, no VM had disks' $null))
        }
    }
}

function Read-OwnDisks($entry) {
    $entry.disks.Clear()
    try { foreach ($drive in @(Hyper-V\Get-VMHardDiskDrive -VM $entry.vm)) { Add-Drive $entry $drive } }
    catch {
        $entry.disks = $null
        $code = 'DISKS_FAILED'
        if ((Get-Cause $_) -eq 'gone') { $code = 'VM_GONE' }
        [void]$entry.errors.Add((New-Problem $code $_ $null))
    }
}

function Read-Checkpoint($snapshot, $errors) {
    $parent = Read-Parent $snapshot $errors
    $state = Read-Optional $snapshot 'State' $errors
    $memory = $null
    if ($null -ne $state) { $memory = [string]$state -eq 'Saved' }
    return [ordered]@{
        id = Format-Guid (Read-Property $snapshot 'Id')
        name = [string](Read-Optional $snapshot 'Name' $errors)
        type = Format-Enum (Read-Optional $snapshot 'SnapshotType' $errors)
        parentId = $parent.id
        parentUnknown = $parent.unknown
        createdAt = Format-Time (Read-Optional $snapshot 'CreationTime' $errors)
        hasMemory = $memory
        auto = Read-Optional $snapshot 'IsAutomaticCheckpoint' $errors
        notes = Read-Optional $snapshot 'Notes' $errors
        systemBytes = $null
        disks = $null
    }
}

function Add-Checkpoint($entry, $snapshot) {
    try {
        $checkpoint = Read-Checkpoint $snapshot $entry.errors
        if ($entry.snapshots.ContainsKey($checkpoint.id)) { return }
        [void]$entry.checkpoints.Add($checkpoint)
        $entry.snapshots[$checkpoint.id] = $snapshot
    }
    catch {
        $code = 'SNAPSHOT_ENUM_FAILED'
        if ((Get-Cause $_) -eq 'gone') { $code = 'CHECKPOINT_GONE' }
        [void]$entry.errors.Add((New-Problem $code $_ $null))
    }
}

# Whether the VM shows signs of a checkpoint that the answer for all VMs did not contain.
function Test-CheckpointExpected($entry) {
    foreach ($parent in @($entry.record.parentCheckpointId) + @($entry.checkpoints | ForEach-Object { $_.parentId })) {
        if ($null -ne $parent -and -not $entry.snapshots.ContainsKey($parent)) { return $true }
    }
    if ($entry.checkpoints.Count -gt 0) { return $false }
    return @($entry.disks | Where-Object { Test-Avhd $_ }).Count -gt 0
}

function Read-Checkpoints($entries) {
    foreach ($entry in $entries.Values) { $entry.checkpoints = New-Object System.Collections.ArrayList }
    $all = {
        $entries.Values | ForEach-Object { $_.vm } |
            Hyper-V\Get-VMSnapshot -ErrorAction SilentlyContinue -ErrorVariable failures
    }
    Invoke-Bulk $entries $all {
        param($snapshot)
        $entry = $entries[[string](Format-Guid (Read-Property $snapshot 'VMId'))]
        if ($null -eq $entry) { Add-HostProblem 'ENUMERATION_FAILED' 'a checkpoint names no VM of this host' ([string]$snapshot.Name) }
        else { Add-Checkpoint $entry $snapshot }
    }
    foreach ($entry in $entries.Values) {
        if (-not ($entry.askAgain -or (Test-CheckpointExpected $entry))) { continue }
        $entry.askAgain = $false
        try {
            foreach ($snapshot in @(Hyper-V\Get-VMSnapshot -VM $entry.vm)) { Add-Checkpoint $entry $snapshot }
            $parent = $entry.record.parentCheckpointId
            if ($null -ne $parent -and -not $entry.snapshots.ContainsKey($parent)) {
                [void]$entry.errors.Add((New-Problem 'SNAPSHOT_ENUM_FAILED' 'the VM runs on a checkpoint that is not listed' $parent))
            }
        }
        catch {
            if ($entry.checkpoints.Count -eq 0) { $entry.checkpoints = $null }
            $code = 'SNAPSHOT_ENUM_FAILED'
            if ((Get-Cause $_) -eq 'gone') { $code = 'VM_GONE' }
            [void]$entry.errors.Add((New-Problem $code $_ $null))
        }
    }
}

# The guest has written it: whatever is not exactly what is looked for is passed over, and none of it is repeated, not even
# in an error.
function Read-ProductType([string]$item) {
    if ($item.Length -gt $MaxGuestItemLength) { return $null }
    try {
        $settings = New-Object System.Xml.XmlReaderSettings
        $settings.DtdProcessing = [Xml.DtdProcessing]::Prohibit
        $settings.XmlResolver = $null
        $document = New-Object System.Xml.XmlDocument
        $document.XmlResolver = $null
        $document.Load([Xml.XmlReader]::Create((New-Object System.IO.StringReader $item), $settings))
        $name = $document.SelectSingleNode("/INSTANCE/PROPERTY[@NAME='Name']/VALUE")
        $data = $document.SelectSingleNode("/INSTANCE/PROPERTY[@NAME='Data']/VALUE")
        if ($null -eq $name -or $null -eq $data -or $name.InnerText -cne 'ProductType') { return $null }
        if ($data.InnerText -notmatch '^[0-9]{1,4}\z') { return $null }
        return [int]$data.InnerText
    }
    catch { return $null }
}

function Add-Guest($entries, $component) {
    try {
        $entry = $entries[[string](Format-Guid $component.SystemName)]
        if ($null -eq $entry) { return }
        $items = @($component.GuestIntrinsicExchangeItems)
        for ($index = 0; $index -lt $items.Count -and $index -lt $MaxGuestItems; $index++) {
            if (-not ([string]$items[$index]).Contains('ProductType')) { continue }
            $type = Read-ProductType $items[$index]
            if ($null -eq $type) { continue }
            $entry.record.guest = [ordered]@{ productType = $type }
            return
        }
    }
    catch { return }
}

# What kind of Windows a guest is: the integration services of a running one say so, together with names and addresses that
# are nobody's business. Without an answer no VM is known any less.
function Read-Guests($entries) {
    $class = 'Msvm_KvpExchangeComponent'
    if (-not (Test-Budget)) { Add-HostProblem 'FACT_FAILED' 'not asked, for the time allowed ran out' $class; return }
    $problem = $null
    try {
        $question = {
            param($class)
            $space = 'root\virtualization\v2'
            $wanted = 'SystemName', 'GuestIntrinsicExchangeItems'
            CimCmdlets\Get-CimInstance -Namespace $space -ClassName $class -Property $wanted -ErrorAction SilentlyContinue -ErrorVariable failures
            $failures
        }
        foreach ($answer in @(Invoke-Aside $class $question $class)) {
            if ($answer -isnot [Management.Automation.ErrorRecord]) { Add-Guest $entries $answer }
            elseif ($null -eq $problem) { $problem = $answer }
        }
        if (Test-Stuck $class) { $problem = 'no answer in time' }
    }
    catch { $problem = Get-InnerRecord $_ }
    if ($null -ne $problem) { Add-HostProblem 'FACT_FAILED' $problem $class }
}

# ---------------------------------------------------------------------------------------- phase B: only for suspects

function Test-Avhd($disk) {
    if ($null -eq $disk) { return $false }
    return $disk.kind -eq 'vhd' -and [string]$disk.path -match '\.avhdx?$'
}

function Test-Any($wanted, $values) {
    foreach ($value in $values) { if ($wanted -contains $value) { return $true } }
    return $false
}

function Test-Suspect($entry) {
    if ($null -eq $entry.checkpoints -or $entry.checkpoints.Count -gt 0) { return $true }
    if (Test-Any ($BusyStatus + $MigratingStatus) $entry.record.op) { return $true }
    foreach ($disk in @($entry.disks)) {
        if ((Test-Avhd $disk) -or ($null -ne $disk -and $disk.kind -eq 'vhdset')) { return $true }
    }
    return $false
}

# Asked again shortly before disks are opened, for a merge may have begun since. Whoever does not say is taken to be busy.
function Update-Busy($entry) {
    if ($entry.busy) { return }
    $problem = $null
    $status = @($entry.record.op)
    try {
        $now = @(Read-Property $entry.vm 'OperationalStatus' | Where-Object { $null -ne $_ } | ForEach-Object { [int]$_ })
        if ($now.Count -eq 0) { $problem = New-Problem 'PROP_READ_FAILED' 'no value' 'OperationalStatus' }
        $status += $now
    }
    catch { $problem = New-Problem 'PROP_READ_FAILED' $_ 'OperationalStatus' }
    if (Test-Any $BusyStatus $status) { $problem = New-Problem 'BUSY_SKIPPED' $null $null }
    elseif (Test-Any $MigratingStatus $status) { $problem = New-Problem 'VM_MIGRATING' $null $null }
    if ($null -eq $problem) { return }
    $entry.busy = $true
    [void]$entry.errors.Add($problem)
    foreach ($path in @(Get-DiskPath $entry)) { $Untouchable[(Get-PathKey $path)] = $true }
}

function Get-PathKey([string]$path) {
    $plain = $path.Replace('/', '\')
    if ($plain.StartsWith('\\?\UNC\', [StringComparison]::OrdinalIgnoreCase)) { $plain = '\\' + $plain.Substring(8) }
    elseif ($plain.StartsWith('\\?\')) { $plain = $plain.Substring(4) }
    return $plain.ToUpperInvariant()
}

function Get-DiskPath($entry) {
    $lists = @(, $entry.disks)
    foreach ($checkpoint in @($entry.checkpoints)) { if ($null -ne $checkpoint) { $lists += , $checkpoint.disks } }
    foreach ($list in $lists) {
        foreach ($disk in @($list)) {
            if ($null -ne $disk -and ($disk.kind -eq 'vhd' -or $disk.kind -eq 'vhdset')) { $disk.path }
        }
    }
}

# A broken checkpoint answers like one that was deleted, but it stays in the list.
function Test-CheckpointListed($entry, $id) {
    try { return @(Hyper-V\Get-VMSnapshot -VM $entry.vm | Where-Object { (Format-Guid $_.Id) -eq $id }).Count -gt 0 }
    catch { return $false }
}

function Read-CheckpointDisk($entry) {
    foreach ($checkpoint in @($entry.checkpoints)) {
        if ($null -eq $checkpoint) { continue }
        if (-not (Test-Budget)) {
            [void]$entry.errors.Add((New-Problem 'BUDGET_EXCEEDED' $null $null))
            return
        }
        $snapshot = $entry.snapshots[$checkpoint.id]
        try {
            $drives = @(Hyper-V\Get-VMHardDiskDrive -VMSnapshot $snapshot)
            $checkpoint.disks = [object[]]@($drives | ForEach-Object { Read-Disk $_ $entry.errors })
        }
        catch {
            $code = 'CHECKPOINT_DISKS_FAILED'
            if ((Get-Cause $_) -eq 'gone' -and -not (Test-CheckpointListed $entry $checkpoint.id)) { $code = 'CHECKPOINT_GONE' }
            [void]$entry.errors.Add((New-Problem $code $_ $checkpoint.name))
        }
        # The cmdlet gives 0 when it does not know.
        try { $checkpoint.systemBytes = [long](Read-Property $snapshot 'SizeOfSystemFiles') }
        catch { $checkpoint.systemBytes = $null }
    }
}

function New-FileRecord([string]$path) {
    return [ordered]@{
        path = $path; format = $null; type = $null; fileBytes = $null; virtualBytes = $null; parent = $null
        diskId = $null; lastWrite = $null; via = 'stat'; error = $null
    }
}

# Looks the file up in its folder, which opens nothing and works while it is in use.
function Read-Stat($file) {
    try {
        $item = Get-Item -LiteralPath $file.path -Force
        $file.fileBytes = [long]$item.Length
        $file.lastWrite = Format-Time $item.LastWriteTimeUtc
    }
    catch {
        $code = 'STAT_FAILED'
        $cause = Get-Cause $_
        if ($cause -eq 'gone') { $code = 'VHD_NOT_FOUND' }
        if ($cause -eq 'denied') { $code = 'VHD_ACCESS_DENIED' }
        $file.error = New-Problem $code $_ $file.path
    }
}

function Get-VhdCode([string]$cause) {
    switch ($cause) {
        'denied' { return 'VHD_ACCESS_DENIED' }
        'busy' { return 'VHD_IN_USE' }
        'gone' { return 'VHD_NOT_FOUND' }
        'corrupt' { return 'VHD_CORRUPT' }
        'loop' { return 'CHAIN_LOOP' }
        'parent-missing' { return 'PARENT_MISSING' }
        'parent-mismatch' { return 'PARENT_MISMATCH' }
    }
    return 'VHD_FAILED'
}

function Set-VhdFact($file, $vhd) {
    $file.format = [int]$vhd.VhdFormat
    $file.type = [int]$vhd.VhdType
    $file.virtualBytes = [long]$vhd.Size
    $file.diskId = [string]$vhd.DiskIdentifier
    $parent = [string]$vhd.ParentPath
    if ($parent -ne '') { $file.parent = $parent }
    elseif ($file.type -eq 4) { throw 'a differencing disk without a parent path' }
    $file.via = 'get-vhd'
    # The folder may be closed to this account while the service reads the disk on its behalf.
    if ($null -eq $file.fileBytes -and $null -ne $vhd.FileSize) { $file.fileBytes = [long]$vhd.FileSize }
    if ($null -ne $file.fileBytes) { $file.error = $null }
}

function Read-Vhd($file) {
    if (Test-Stuck 'Get-VHD') {
        $file.error = New-Problem 'BUDGET_EXCEEDED' 'not asked, for Get-VHD of another file did not return' $file.path
        return
    }
    try {
        $vhd = @(Invoke-Aside 'Get-VHD' { param($path) Hyper-V\Get-VHD -Path $path -ErrorAction Stop } $file.path)
        if (Test-Stuck 'Get-VHD') { $file.error = New-Problem 'BUDGET_EXCEEDED' 'Get-VHD did not return in time' $file.path }
        else { Set-VhdFact $file $vhd[0] }
    }
    catch {
        $record = Get-InnerRecord $_
        $file.error = New-Problem (Get-VhdCode (Get-Cause $record)) $record $file.path
    }
}

# Follows one disk to its base. A file met before has been followed already, which also ends circles.
function Read-Chain([string]$path, [bool]$open) {
    $next = $path
    for ($depth = 0; $next -ne '' -and $depth -le $MaxChainFiles; $depth++) {
        $key = Get-PathKey $next
        if ($Files.Contains($key)) { return }
        $file = New-FileRecord $next
        $Files[$key] = $file
        if (-not (Test-Budget)) { $file.error = New-Problem 'BUDGET_EXCEEDED' $null $next; return }
        Read-Stat $file
        if ($next -like '*.vhds') { return }
        if (-not $open -or $Untouchable.ContainsKey($key)) {
            if ($null -eq $file.error) { $file.error = New-Problem 'BUSY_SKIPPED' $null $next }
            return
        }
        Read-Vhd $file
        $next = [string]$file.parent
    }
}

function Read-Chains($entry) {
    Update-Busy $entry
    foreach ($path in @(Get-DiskPath $entry)) { Read-Chain $path (-not $entry.busy) }
}

# --------------------------------------------------------------------------------------------------------- volumes

# Where the volume of a path begins, as far as the path tells: it does not tell of a volume mounted in a folder.
function Get-VolumeRoot([string]$path) {
    $plain = [regex]::Replace($path.Replace('/', '\'), '(?<=[^\\])\\+', '\')
    if ($plain.StartsWith('\\?\UNC\', [StringComparison]::OrdinalIgnoreCase)) { $plain = '\\' + $plain.Substring(8) }
    elseif ($plain -match '^\\\\\?\\[A-Za-z]:\\') { $plain = $plain.Substring(4) }
    foreach ($pattern in $VolumeRoots) {
        $root = [regex]::Match($plain, $pattern, 'IgnoreCase')
        if ($root.Success) { return $root.Value }
    }
    return $null
}

function Set-VolumeFact($volume, $found) {
    $volume.volumePath = [string]$found.Path
    $volume.fileSystem = [string]$found.FileSystem
    if ($null -eq $found.Size -or $null -eq $found.SizeRemaining) { return }
    $volume.freeBytes = [long]$found.SizeRemaining
    $volume.totalBytes = [long]$found.Size
}

# Asked for the root: nothing on the volume is opened for it.
function Read-Volume([string]$root) {
    $volume = [ordered]@{ root = $root; volumePath = $null; fileSystem = $null; totalBytes = $null; freeBytes = $null; error = $null }
    # Get-Volume does not know what lies on another host.
    if ($root -match '^\\\\[^?]') { return $volume }
    if (-not (Test-Budget)) { $volume.error = New-Problem 'BUDGET_EXCEEDED' $null $root; return $volume }
    if (Test-Stuck 'Get-Volume') {
        $volume.error = New-Problem 'BUDGET_EXCEEDED' 'not asked, for Get-Volume of another volume did not return' $root
        return $volume
    }
    try {
        $found = @(Invoke-Aside 'Get-Volume' { param($path) Storage\Get-Volume -FilePath $path -ErrorAction Stop } $root)
        if (Test-Stuck 'Get-Volume') { $volume.error = New-Problem 'BUDGET_EXCEEDED' 'Get-Volume did not return in time' $root }
        elseif ($found.Count -eq 0) { $volume.error = New-Problem 'VOLUME_FAILED' 'Get-Volume found none' $root }
        else { Set-VolumeFact $volume $found[0] }
    }
    catch { $volume.error = New-Problem 'VOLUME_FAILED' (Get-InnerRecord $_) $root }
    return $volume
}

# The space on every volume that holds a disk; nothing that is judged depends on it.
function Read-Volumes($entries) {
    try {
        $paths = @($entries.Values | ForEach-Object { Get-DiskPath $_ }) + @($Files.Values | ForEach-Object { $_.path })
        foreach ($path in $paths) {
            $root = Get-VolumeRoot $path
            if ($null -eq $root) { continue }
            $key = Get-PathKey $root
            if (-not $Volumes.Contains($key)) { $Volumes[$key] = Read-Volume $root }
        }
    }
    catch { Add-HostProblem 'FACT_FAILED' $_ 'Get-Volume' }
}

# ------------------------------------------------------------------------------------------------------ the report

function ConvertTo-Ascii([string]$text) {
    return [regex]::Replace($text, '[^\x20-\x7E]', { param($match) '\u{0:x4}' -f [int]$match.Value[0] })
}

function ConvertTo-Record($value) {
    return ConvertTo-Ascii (ConvertTo-Json -InputObject $value -Depth 8 -Compress)
}

function ConvertTo-List($values) {
    $records = @($values | ForEach-Object { ConvertTo-Record $_ })
    return '[' + ($records -join ',') + ']'
}

function Complete-Entry($entry) {
    $record = $entry.record
    if ($null -ne $entry.disks -and -not $entry.ContainsKey('unreadableDisks')) { $record.disks = [object[]]$entry.disks.ToArray() }
    if ($null -ne $entry.checkpoints) { $record.checkpoints = [object[]]$entry.checkpoints.ToArray() }
    $record.errors = [object[]]$entry.errors.ToArray()
    return $record
}

# One record after the other, so that one that cannot be written loses nothing else.
function ConvertTo-VmList($entries) {
    $records = New-Object System.Collections.ArrayList
    foreach ($entry in $entries.Values) {
        try { [void]$records.Add((ConvertTo-Record (Complete-Entry $entry))) }
        catch { Add-HostProblem 'RECORD_INVALID' $_ $entry.record.id }
    }
    return '[' + ($records -join ',') + ']'
}

function Read-Inventory($facts, $collector) {
    $vms = Measure-Stage 'getVm' { , (Read-VmObjects) }
    if ($vms.Count -eq 0 -and $HostErrors.Count -gt 0) { return $null }
    $facts.visibleVms = $vms.Count
    $facts.hintedVms = Measure-Stage 'hint' { Read-VmHint $collector.elevated }
    if ($vms.Count -eq 0 -and $facts.hintedVms -gt 0) { Add-HostProblem 'EMPTY_BUT_HINTED' $null $null }
    elseif (Test-Blind $vms.Count $collector.elevated (Test-Member 'S-1-5-32-578')) {
        Add-HostProblem 'ACCESS_DENIED' 'the account is in neither Administrators nor Hyper-V Administrators and sees no VM' $null
    }
    $facts.fqdn = Read-Fqdn
    $entries = Measure-Stage 'vms' { Read-Entries $vms }
    if ($entries.Count -eq 0) { return $entries }
    Measure-Stage 'disks' { Read-CurrentDisks $entries }
    Measure-Stage 'checkpoints' { Read-Checkpoints $entries }
    Measure-Stage 'guests' { Read-Guests $entries }
    $suspects = @($entries.Values | Where-Object { Test-Suspect $_ })
    Measure-Stage 'checkpointDisks' { foreach ($entry in $suspects) { Read-CheckpointDisk $entry } }
    Measure-Stage 'files' {
        foreach ($entry in $suspects) { Update-Busy $entry }
        foreach ($entry in $suspects) { Read-Chains $entry }
    }
    Measure-Stage 'volumes' { Read-Volumes $entries }
    return $entries
}

function New-Report {
    $elevated = Test-Elevated
    $collector = Read-CollectorFacts $elevated
    $facts = Measure-Stage 'preflight' { Read-HostFacts $elevated }
    $entries = $null
    try { if (Test-Ready $facts $collector) { $entries = Read-Inventory $facts $collector } }
    catch { Add-HostProblem 'SCRIPT_FAILED' $_ ([string]$_.InvocationInfo.ScriptLineNumber) }
    # The clock is read at the end, so that ages belong to the moment the reading was complete.
    $now = Get-Date
    $facts.utcNow = Format-Time $now
    $started = Format-Time $now.AddMilliseconds(-$Clock.ElapsedMilliseconds)
    $vmList = 'null'
    if ($null -ne $entries) { $vmList = ConvertTo-VmList $entries }
    $Timings.total = $Clock.ElapsedMilliseconds
    $gaps = @($HostErrors | Where-Object { $_.code -ne 'FACT_FAILED' })
    $head = [ordered]@{
        schema = 1; kind = 'hyperv.inventory'; scanId = [string]$Parameters.scanId; startedAt = $started
        finishedAt = $facts.utcNow; complete = $gaps.Count -eq 0; collector = $collector; host = $facts
    }
    $text = ConvertTo-Record $head
    $parts = @(
        $text.Substring(0, $text.Length - 1)
        '"vms":' + $vmList
        '"files":' + (ConvertTo-List $Files.Values)
        '"volumes":' + (ConvertTo-List $Volumes.Values)
        '"jobs":[]'
        '"events":[]'
        '"orphanCandidates":[]'
        '"errors":' + (ConvertTo-List $HostErrors)
    )
    return ($parts -join ',') + '}'
}

function Get-Sha256([byte[]]$bytes) {
    # Where only validated cryptography is allowed, the managed implementation refuses to work.
    try { $hash = [Security.Cryptography.SHA256]::Create() }
    catch { $hash = New-Object Security.Cryptography.SHA256CryptoServiceProvider }
    return [BitConverter]::ToString($hash.ComputeHash($bytes)).Replace('-', '').ToLowerInvariant()
}

# One line of ASCII that can be found in noise and proves itself whole.
function Write-Envelope([string]$json) {
    $bytes = [Text.Encoding]::ASCII.GetBytes($json)
    $packed = New-Object System.IO.MemoryStream
    $gzip = New-Object System.IO.Compression.GZipStream $packed, ([IO.Compression.CompressionMode]::Compress)
    $gzip.Write($bytes, 0, $bytes.Length)
    $gzip.Dispose()
    $body = [Convert]::ToBase64String($packed.ToArray())
    [Console]::Out.Write("`n<HVCP1 {0} {1} {2} HVCP>`n", $bytes.Length, (Get-Sha256 $bytes), $body)
    [Console]::Out.Flush()
}

$Parameters = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($EncodedParameters)) | ConvertFrom-Json
$BudgetMs = [long]$Parameters.budgetMs
Write-Envelope (New-Report)
