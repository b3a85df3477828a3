# The VMs whose files are looked at, and which of them must be left alone.

# Creating, applying, deleting, waiting for it, merging, exporting, backing up, moving storage. 23769 is the value the module
# has for 32769. A handle on a disk at such a time can make the operation fail, so no disk of such a VM is opened.
$BusyStatus = 32768, 32769, 23769, 32770, 32771, 32772, 32773, 32776, 32778, 32779
$MigratingStatus = 32774, 32780
$Untouchable = @{}

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
