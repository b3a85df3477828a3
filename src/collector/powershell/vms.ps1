# The VMs, and how all of them are asked in one call.

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
        askAgain = $false; busy = $false; unreadableDisks = $false
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
