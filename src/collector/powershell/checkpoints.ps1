# The checkpoints of the VMs, and the disks of each.

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

# A broken checkpoint answers like one that was deleted, but it stays in the list.
function Test-CheckpointListed($entry, $id) {
    try { return @(Hyper-V\Get-VMSnapshot -VM $entry.vm | Where-Object { (Format-Guid $_.Id) -eq $id }).Count -gt 0 }
    catch { return $false }
}

# Without its disks the layer of a checkpoint would be taken for 0 bytes. What is missing (5) may well have none.
function Test-DiskExpected($entry, $checkpoint) {
    if ($null -ne $checkpoint.type -and $checkpoint.type.c -eq 5) { return $false }
    return @($entry.disks | Where-Object { Test-Avhd $_ }).Count -gt 0
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
            if ($drives.Count -eq 0 -and (Test-DiskExpected $entry $checkpoint)) {
                $text = 'no disk is named, although the VM runs on layers'
                [void]$entry.errors.Add((New-Problem 'CHECKPOINT_DISKS_FAILED' $text $checkpoint.name))
            }
            else { $checkpoint.disks = [object[]]@($drives | ForEach-Object { Read-Disk $_ $entry.errors }) }
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
